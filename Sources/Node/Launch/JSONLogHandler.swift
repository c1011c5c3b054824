import Glibc
public import Logging

/// Writes each message as one JSON object on one line of standard error.
///
/// ```json
/// {"time":"2026-11-21T12:00:00.250Z","level":"info","logger":"switchboard-node","message":"draining",
///  "metadata":{"node":"a","tag":"Ab3_x-","closed":"120"}}
/// ```
///
/// (On one line.) `time` is UTC; `metadata` is absent if there is none, and its values are texts, arrays and objects. Who
/// a message is about is in `metadata`: the node as `node` (its name) and `tag` (its incarnation), a socket as `sid`, a
/// session as `session`. What may be in it at all is up to who logs; at level `info` neither texts of messages nor tokens
/// nor addresses are (issue 6).
///
/// A line is one call of `write`: lines of several threads do not mix, and nothing is lost when the process is killed.
public struct JSONLogHandler: LogHandler {
    /// Least severe level that is written. Default: `info`.
    public var logLevel = Logger.Level.info
    /// Metadata of every message of this logger.
    public var metadata = Logger.Metadata()
    /// Adds metadata of the task that logs.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let write: @Sendable ([UInt8]) -> Void

    /// Creates a handler that writes to standard error.
    /// - Parameter label: the logger's name.
    public init(label: String) {
        self.init(label: label) { line in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
                // Nobody reads: there is nothing that could be done about it.
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }

    init(label: String, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.label = label
        self.write = write
    }

    /// Metadata of every message of this logger, by key.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a message.
    /// - Parameter event: the message and what goes with it; its metadata goes before that of the logger.
    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        var line = JSONLine()
        line.begin("{")
        line.member("time", Self.time())
        line.member("level", event.level.rawValue)
        line.member("logger", label)
        line.member("message", event.message.description)
        if !all.isEmpty {
            line.key("metadata")
            line.append(.dictionary(all))
        }
        line.end("}")
        line.bytes.append(UInt8(ascii: "\n"))
        write(line.bytes)
    }

    /// Now, as `2026-11-21T12:00:00.250Z`.
    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var seconds = now.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        let date = "\(Int(parts.tm_year) + 1900)-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
        return "\(date)T\(time).\(digits(now.tv_nsec / 1_000_000, 3))Z"
    }
}

/// A JSON text that is being written, without blanks and line feeds.
private struct JSONLine {
    var bytes: [UInt8] = []
    private var needsComma = false

    mutating func begin(_ bracket: Character) {
        separate()
        bytes += bracket.utf8
        needsComma = false
    }

    mutating func end(_ bracket: Character) {
        bytes += bracket.utf8
        needsComma = true
    }

    mutating func key(_ name: String) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        append(value)
    }

    mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text)
        case .stringConvertible(let value): append("\(value)")
        case .array(let values):
            begin("[")
            for value in values { append(value) }
            end("]")
        case .dictionary(let members):
            begin("{")
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                key(name)
                append(value)
            }
            end("}")
        }
    }

    mutating func append(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case 0..<0x20, 0x7F:
                bytes += Array("\\u00".utf8) + [byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] }
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}
