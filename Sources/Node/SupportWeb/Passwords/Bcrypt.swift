import CCrypt

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The door to the system's password hashing, of which bcrypt is used. Everything here takes as long as its cost says.
enum Bcrypt {
    /// Costs that are accepted, each twice the work of the one before: more than the last takes seconds.
    static let costs = 4...15
    /// Most bytes of a password that bcrypt looks at.
    static let passwordLimit = 72
    /// Length of every hash, in characters.
    private static let hashLength = 60
    /// Size of the working memory that `crypt_rn` asks for, as its header promises.
    private static let memorySize = 32_768

    /// Hashes a password.
    /// - Parameters:
    ///   - password: the password; bytes behind the 72nd, and behind a NUL, do not count.
    ///   - cost: one of ``costs``.
    ///   - random: 16 random bytes.
    /// - Returns: the hash with its setting, `$2b$…`; `nil` if the system cannot.
    static func hash(_ password: String, cost: Int, random: [UInt8]) -> String? {
        var setting = [CChar](repeating: 0, count: 192)
        let bytes = random.map { CChar(bitPattern: $0) }
        let made = crypt_gensalt_rn(
            "$2b$", UInt(clamping: cost), bytes, Int32(clamping: bytes.count), &setting, Int32(clamping: setting.count))
        guard made != nil, let text = text(setting) else { return nil }
        return crypt(password, text)
    }

    /// Whether a password has this hash. The comparison takes the same time wherever the two differ.
    /// - Parameters:
    ///   - password: the password.
    ///   - hash: the hash, `$2a$`, `$2b$` or `$2y$`; anything else is no password's.
    /// - Returns: `true` if it has.
    static func verify(_ password: String, _ hash: String) -> Bool {
        guard isHash(hash), let made = crypt(password, hash) else { return false }
        let pairs = zip(made.utf8, hash.utf8)
        return made.utf8.count == hash.utf8.count && pairs.reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether a text is a hash of a cost that is accepted.
    static func isHash(_ text: String) -> Bool {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count == hashLength, parts.count == 4, ["2a", "2b", "2y"].contains(parts[1]) else {
            return false
        }
        return Int(parts[2]).map(costs.contains) ?? false
    }

    /// A hash that no password has, which costs as much to check as any other of this cost.
    static func unmatched(cost: Int) -> String {
        "$2b$\(cost < 10 ? "0" : "")\(cost)$" + String(repeating: ".", count: 53)
    }

    private static func crypt(_ password: String, _ setting: String) -> String? {
        var memory = [UInt8](repeating: 0, count: memorySize)
        return memory.withUnsafeMutableBytes { memory in
            guard let made = crypt_rn(password, setting, memory.baseAddress, Int32(clamping: memorySize)) else {
                return nil
            }
            return String(validatingCString: made)
        }
    }

    private static func text(_ characters: [CChar]) -> String? {
        String(validating: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
