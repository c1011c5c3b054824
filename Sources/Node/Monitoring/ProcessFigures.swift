public import Figures

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the system knows of this process, under the names that Prometheus' own libraries use.
public enum ProcessFigures {
    /// The series now. What the system does not tell is left out.
    public static var series: [Metric] {
        var series = [
            Metric(
                "process_resident_memory_bytes", .gauge, help: "Resident memory.", Double(residentMemory)),
            Metric(
                "process_cpu_seconds_total", .counter, help: "Processor time, user and system.", processorTime),
            Metric(
                "process_start_time_seconds", .gauge, help: "When the process started, since 1970-01-01 UTC.",
                startTime),
        ]
        if let openFiles {
            series.append(Metric("process_open_fds", .gauge, help: "Open files and sockets.", Double(openFiles)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            series.append(
                Metric("process_max_fds", .gauge, help: "Most open files and sockets.", Double(limit.rlim_cur)))
        }
        return series
    }

    /// In bytes, from the second figure of `/proc/self/statm`; 0 where there is none.
    private static var residentMemory: Int {
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// In seconds. Not by `timespec`: which module its members come from depends on what else is compiled with this file.
    private static var processorTime: Double { Double(clock()) / 1e6 }

    /// Since version 6.2 Linux tells the number as the size of the folder; reading the folder would take too long where
    /// there are many.
    private static var openFiles: Int? {
        var status = stat()
        guard stat("/proc/self/fd", &status) == 0, status.st_size > 0 else { return nil }
        return Int(status.st_size)
    }

    /// From the time at which the system started, and the 22nd figure of `/proc/self/stat`: how long after that the
    /// process did, in ticks. The name of the process, which may have blanks, ends with the last parenthesis.
    private static let startTime: Double = {
        let boot = text(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        let fields = text(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard let boot = boot?.split(separator: " ").last.flatMap({ Double($0) }), fields.count > 19,
            let ticks = Double(fields[19])
        else { return 0 }
        return boot + ticks / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    }()

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20, case let count = fread(&part, 1, part.count, file), count > 0 {
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
