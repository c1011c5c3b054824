import Testing

@testable import Entropy

@Suite("Random numbers")
struct BufferedRandomNumberGeneratorTests {
    @Test("no number comes twice, within what was asked for at once and beyond")
    func differ() {
        var generator = BufferedRandomNumberGenerator()
        let numbers = (0..<1000).map { _ in generator.next() }
        #expect(Set(numbers).count == numbers.count)
        #expect(!numbers.contains(0))
        var other = BufferedRandomNumberGenerator()
        #expect(!numbers.contains(other.next()))
    }

    @Test("every bit is set half of the time")
    func bits() {
        var generator = BufferedRandomNumberGenerator()
        let numbers = (0..<4096).map { _ in generator.next() }
        for bit in 0..<64 {
            // Off by 10 standard deviations once in 10²² runs.
            #expect((1728...2368).contains(numbers.count { $0 >> UInt64(bit) & 1 == 1 }))
        }
    }

    @Test("a number that was given out is not kept")
    func forgotten() {
        var generator = BufferedRandomNumberGenerator()
        let first = generator.next()
        #expect(generator.left > 0)
        #expect(!generator.numbers.contains(first))
        while generator.left > 0 { _ = generator.next() }
        #expect(generator.numbers.allSatisfy { $0 == 0 })
    }
}
