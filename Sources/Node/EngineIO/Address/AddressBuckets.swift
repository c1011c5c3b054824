/// A token bucket for each address that was seen lately: what limits how often one client may do something.
///
/// The table is bounded. Addresses are kept in two generations: when the younger one is full the older one is forgotten,
/// so that those seen longest ago go first, at no cost per address. Who is forgotten starts with a full bucket, which is
/// no gain for somebody who has that many addresses.
package struct AddressBuckets: Sendable {
    private let limit: RateLimit
    private let generationSize: Int
    private var young: [IPAddress: TokenBucket] = [:]
    private var old: [IPAddress: TokenBucket] = [:]

    /// An empty table.
    /// - Parameters:
    ///   - limit: what each address may do.
    ///   - capacity: most addresses that are remembered; at least 2.
    package init(_ limit: RateLimit, capacity: Int) {
        self.limit = limit
        generationSize = max(1, capacity / 2)
    }

    /// How many addresses are remembered.
    package var count: Int { young.count + old.count }

    /// Takes a token of an address.
    /// - Parameters:
    ///   - address: whose; IPv6 addresses count by their first 64 bits.
    ///   - now: the time, as a distance from any fixed origin.
    /// - Returns: whether there was one.
    package mutating func take(of address: IPAddress, now: Duration) -> Bool {
        let site = address.site
        if young[site] == nil {
            if young.count >= generationSize {
                old = young
                young = [:]
            }
            young[site] = old.removeValue(forKey: site) ?? TokenBucket()
        }
        return young[site, default: TokenBucket()].take(of: limit, now: now)
    }
}
