/// An IP address as a number, whatever its spelling: what limits per client count by.
///
/// An IPv4 address and its mapping into IPv6 (`::ffff:192.0.2.1`) are the same address.
package struct IPAddress: Hashable, Sendable {
    /// The first 8 bytes of the IPv6 form.
    private let high: UInt64
    /// The last 8 bytes of the IPv6 form.
    private let low: UInt64

    /// The prefix of IPv4 addresses mapped into IPv6 (RFC 4291, section 2.5.5.2).
    private static let mapping: UInt64 = 0xFFFF << 32

    /// An IPv6 address from its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address.
    package init(ipv4: UInt32) {
        self.init(high: 0, low: Self.mapping | UInt64(ipv4))
    }

    /// The number of an IPv4 address, mapped or not; `nil` if it is none.
    package var ipv4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// What one customer of a provider usually has: the address itself with IPv4, its first 64 bits with IPv6
    /// (RFC 6177).
    package var site: IPAddress {
        ipv4 == nil ? IPAddress(high: high, low: 0) : self
    }
}

extension IPAddress: CustomStringConvertible {
    /// The recommended text form (RFC 5952).
    package var description: String {
        if let ipv4 { return Self.text(ipv4) }
        let groups = [high, low].flatMap { half in
            stride(from: 48, through: 0, by: -16).map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
        let zeros = Self.longestZeros(groups)
        let texts = groups.map { String($0, radix: 16) }
        guard zeros.count > 1 else { return texts.joined(separator: ":") }
        return texts[..<zeros.lowerBound].joined(separator: ":") + "::"
            + texts[zeros.upperBound...].joined(separator: ":")
    }

    /// Four numbers with dots between them. Every handshake has one.
    private static func text(_ ipv4: UInt32) -> String {
        String(unsafeUninitializedCapacity: 15) { text in
            var end = 0
            func append(_ byte: UInt8) {
                text.initializeElement(at: end, to: byte)
                end += 1
            }
            for shift: UInt32 in [24, 16, 8, 0] {
                let number = UInt8(truncatingIfNeeded: ipv4 >> shift)
                if number >= 100 { append(UInt8(ascii: "0") + number / 100) }
                if number >= 10 { append(UInt8(ascii: "0") + number / 10 % 10) }
                append(UInt8(ascii: "0") + number % 10)
                if shift > 0 { append(UInt8(ascii: ".")) }
            }
            return end
        }
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            guard group == 0 else {
                start = index + 1
                continue
            }
            if index + 1 - start > longest.count { longest = start..<(index + 1) }
        }
        return longest
    }
}

extension IPAddress {
    /// An address from its text, IPv4 or IPv6 (RFC 4291, section 2.2); a zone such as `%eth0` is ignored.
    /// - Parameter text: the address without port and brackets. Anything else gives `nil`.
    package init?(_ text: some StringProtocol) {
        // The longest form has 45 characters, and zones are names of interfaces.
        guard text.utf8.count <= 64 else { return nil }
        if let ipv4 = Self.ipv4(text) {
            self.init(ipv4: ipv4)
        } else {
            guard let groups = Self.groups(text.prefix { $0 != "%" }) else { return nil }
            self.init(high: Self.number(groups[..<4]), low: Self.number(groups[4...]))
        }
    }

    private static func number(_ groups: ArraySlice<UInt16>) -> UInt64 {
        groups.reduce(0) { $0 << 16 | UInt64($1) }
    }

    private static func ipv4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        return parts.reduce(UInt32?(0)) { address, part in
            guard let address, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part == "0" || part.first != "0",
                let byte = UInt8(part)
            else { return nil }
            return address << 8 | UInt32(byte)
        }
    }

    /// The 8 groups of an IPv6 address; `::` stands for as many zeros as are missing.
    private static func groups(_ text: some StringProtocol) -> [UInt16]? {
        guard let gap = text.firstRange(of: "::") else {
            let groups = colonSeparated(text)
            return groups?.count == 8 ? groups : nil
        }
        let (front, back) = (text[..<gap.lowerBound], text[gap.upperBound...])
        guard !front.contains("."), let front = front.isEmpty ? [] : colonSeparated(front),
            let back = back.isEmpty ? [] : colonSeparated(back), front.count + back.count < 8
        else { return nil }
        return front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    }

    private static func colonSeparated(_ text: some StringProtocol) -> [UInt16]? {
        let parts = text.split(separator: ":", maxSplits: 8, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let ipv4 = ipv4(part) {
                groups += [UInt16(truncatingIfNeeded: ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
            } else {
                guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}
