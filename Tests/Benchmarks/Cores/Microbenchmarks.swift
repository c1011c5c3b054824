import AllocationCounter

/// Counts what the operations of the cores cost. Without arguments all are run, else those whose names begin with one of
/// the arguments.
///
/// For each it prints a line `name operations allocations`, the latter for all operations together. Instructions are
/// counted from outside, by callgrind: `scripts/microbench` does that, and compares both with the thresholds.
@main
enum Microbenchmarks {
    /// Operations that are measured, and before them those that are not: they fill caches, buffers and free lists.
    private static let operations = 1000
    private static let warmUp = 100

    static func main() throws {
        let wanted = CommandLine.arguments.dropFirst()
        for benchmark in Benchmark.all where wanted.isEmpty || wanted.contains(where: benchmark.name.hasPrefix) {
            let operation = try benchmark.prepare()
            measure(operation, times: warmUp)
            let before = allocation_count()
            measure(operation, times: operations)
            let allocations = allocation_count() - before
            print(benchmark.name, operations, allocations)
        }
    }
}
