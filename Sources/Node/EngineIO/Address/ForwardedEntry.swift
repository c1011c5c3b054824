/// One entry of an `X-Forwarded-For` list: an address, by some proxies with its port.
///
/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711` are understood.
package enum ForwardedEntry {
    /// The address of an entry.
    /// - Parameter entry: the entry without blanks around it.
    /// - Returns: the address; `nil` if the entry is none, such as `unknown`.
    package static func address(of entry: some StringProtocol) -> IPAddress? {
        if entry.first == "[" {
            let parts = entry.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = parts.first, let rest = parts.dropFirst().first else { return nil }
            return rest.isEmpty || isPort(rest) ? IPAddress(address) : nil
        }
        if let address = IPAddress(entry) { return address }
        guard let colon = entry.lastIndex(of: ":"), isPort(entry[colon...]) else { return nil }
        // With a port behind it, only an IPv4 address needs no brackets.
        return entry[..<colon].contains(":") ? nil : IPAddress(entry[..<colon])
    }

    private static func isPort(_ text: some StringProtocol) -> Bool {
        text.first == ":" && (2...6).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}
