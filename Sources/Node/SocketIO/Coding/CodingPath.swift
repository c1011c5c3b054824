/// The way from the outermost value to the one that a coder works on. Shares what is above, so that going one step down
/// costs one small allocation.
indirect enum CodingPath {
    case root
    case step(from: CodingPath, any CodingKey)

    /// The keys, outermost first.
    var keys: [any CodingKey] {
        var keys: [any CodingKey] = []
        var path = self
        while case .step(let parent, let key) = path {
            keys.append(key)
            path = parent
        }
        return keys.reversed()
    }
}

/// A key that any text or number can be.
struct AnyCodingKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    /// The key under which a superclass is coded.
    static let `super` = AnyCodingKey(stringValue: "super")

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
