/// One thing that a core does, small enough to be counted instead of timed.
struct Benchmark: Sendable {
    /// Area and case, for example `packet.decode.event`.
    let name: String
    /// Sets the stage once; the result is the operation that is measured.
    let prepare: @Sendable () throws -> () -> Void

    /// Describes a benchmark.
    /// - Parameters:
    ///   - name: area and case.
    ///   - prepare: sets the stage; returns the operation.
    init(_ name: String, prepare: @escaping @Sendable () throws -> () -> Void) {
        self.name = name
        self.prepare = prepare
    }

    /// Describes a benchmark whose operation changes something.
    /// - Parameters:
    ///   - name: area and case.
    ///   - state: makes what is changed.
    ///   - operation: the operation.
    init<State>(
        _ name: String, state: @escaping @Sendable () throws -> State,
        operation: @escaping @Sendable (inout State) -> Void
    ) {
        self.init(name) {
            // Not a captured variable, every access to which would be checked for exclusivity, as one to the properties
            // of a shell's classes is not. Benchmarks live as long as the process.
            let pointer = UnsafeMutablePointer<State>.allocate(capacity: 1)
            pointer.initialize(to: try state())
            return { operation(&pointer.pointee) }
        }
    }

    /// All of them, in the order of the table.
    static var all: [Benchmark] { packets + transports + requests + values + rooms + routing }
}

/// Makes the compiler believe that a result is needed.
@_optimize(none)
@inline(never)
func keep(_ value: some Any) {}

/// Repeats an operation. Callgrind counts what happens in here, so `scripts/microbench` knows this function by its name.
@inline(never)
func measure(_ operation: () -> Void, times: Int) {
    for _ in 0..<times { operation() }
}
