import Crypto
import FoundationEssentials

/// The STUN and TURN servers by which two browsers find a way to each other, and short-lived credentials for the latter.
///
/// Credentials follow the usual scheme of TURN servers with a shared secret (draft-uberti-behave-turn-rest; option
/// `use-auth-secret` of coturn): the user name is `<expiry>:<random>`, expiry in seconds since 1970-01-01 UTC, and the
/// credential the HMAC-SHA1 of the user name under the secret, in base 64.
public struct ICEServers: Sendable {
    /// How long credentials are good for, in seconds. A call that has begun goes on after that.
    public static let lifetime = 43_200
    /// Most addresses: browsers complain about more than a few.
    public static let countLimit = 16

    private let open: [String]
    private let guarded: [String]
    private let secret: String?

    /// Why addresses were not accepted.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// There are more than ``ICEServers/countLimit``.
        case tooMany
        /// There are addresses of TURN servers, but no secret.
        case secretMissing
        /// There is a secret, but no address of a TURN server.
        case secretUnused

        /// One line for the operator.
        public var description: String {
            switch self {
            case .tooMany: "more than \(ICEServers.countLimit) addresses"
            case .secretMissing: "TURN servers need the secret SWITCHBOARD_MEET_TURN_SECRET"
            case .secretUnused: "there is a TURN secret, but no turn: address"
            }
        }
    }

    /// No servers: browsers find each other within one network only.
    public init() { (open, guarded, secret) = ([], [], nil) }

    /// The servers of these addresses.
    /// - Parameters:
    ///   - urls: addresses of which each is an ``isURL(_:)``.
    ///   - secret: what the TURN servers share with the nodes.
    /// - Throws: ``Problem`` if they do not go together.
    public init(urls: [String], secret: String?) throws(Problem) {
        guard urls.count <= Self.countLimit else { throw .tooMany }
        open = urls.filter { !$0.hasPrefix("turn") }
        guarded = urls.filter { $0.hasPrefix("turn") }
        self.secret = secret
        if !guarded.isEmpty, secret == nil { throw .secretMissing }
        if guarded.isEmpty, secret != nil { throw .secretUnused }
    }

    /// Whether a text is the address of such a server (RFC 7064, RFC 7065).
    /// - Parameter text: any.
    /// - Returns: whether it is `stun:`, `stuns:`, `turn:` or `turns:`, then host and optional port; for the last two
    ///   also `?transport=udp` or `?transport=tcp`.
    public static func isURL(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        var place = parts[1]
        switch parts[0] {
        case "stun", "stuns": break
        case "turn", "turns":
            for ending in ["?transport=udp", "?transport=tcp"] where place.hasSuffix(ending) {
                place = place.dropLast(ending.count)
            }
        default: return false
        }
        return (1...255).contains(place.utf8.count) && place.utf8.allSatisfy(isPlaceByte)
    }

    private static func isPlaceByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}

extension ICEServers {
    /// What `GET /api/ice-servers` answers: `{"iceServers":[{"urls":[…],"username":…,"credential":…}],"ttl":43200}`, of
    /// which `iceServers` is what `RTCPeerConnection` takes.
    struct Answer: Encodable, Equatable {
        struct Server: Encodable, Equatable {
            var urls: [String]
            var username: String?
            var credential: String?
        }

        var iceServers: [Server]
        var ttl: Int
    }

    /// The servers, with credentials of their own for this answer.
    /// - Parameters:
    ///   - now: seconds since 1970-01-01 UTC.
    ///   - random: makes the user name one of its own.
    /// - Returns: what the route answers.
    func answer(now: Int, random: UInt64) -> Answer {
        var servers = open.isEmpty ? [] : [Answer.Server(urls: open)]
        if let secret, !guarded.isEmpty {
            let username = "\(now + Self.lifetime):\(String(random, radix: 36))"
            servers.append(
                Answer.Server(
                    urls: guarded, username: username, credential: Self.credential(of: username, secret: secret)))
        }
        return Answer(iceServers: servers, ttl: Self.lifetime)
    }

    private static func credential(of username: String, secret: String) -> String {
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Data(username.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return Data(code).base64EncodedString()
    }
}
