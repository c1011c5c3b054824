#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system's random numbers, asked for many at a time: each request is a system call, and a session needs four numbers
/// for its ids. As unpredictable as those of `SystemRandomNumberGenerator`; a number that was given out is not kept.
package struct BufferedRandomNumberGenerator: RandomNumberGenerator {
    /// What is asked for at once: 256 bytes, the most that getentropy(3) gives.
    private static let count = 256 / MemoryLayout<UInt64>.size

    /// Zero where a number was given out.
    private(set) var numbers = [UInt64](repeating: 0, count: Self.count)
    /// How many are left, at the beginning of the array.
    private(set) var left = 0

    /// Creates a generator. Nothing is asked for before the first number.
    package init() {}

    /// The next number.
    /// - Returns: any number of 64 bits, each as likely as any other.
    package mutating func next() -> UInt64 {
        guard left > 0 || refill() else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        left -= 1
        defer { numbers[left] = 0 }
        return numbers[left]
    }

    /// - Returns: whether the system gave what was asked for.
    private mutating func refill() -> Bool {
        guard numbers.withUnsafeMutableBytes({ getentropy($0.baseAddress, $0.count) }) == 0 else { return false }
        left = Self.count
        return true
    }
}
