package import NIOCore

/// Code that reads bytes of strangers, with what must hold whatever they send.
///
/// The same targets run in two places: `swift test` gives them what was kept and a few thousand mutations of it,
/// `Tests/Fuzz/run` has libFuzzer look for more.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    /// Name of the folder of its seeds.
    package let name: String
    /// Feeds one input.
    /// - Throws: ``BrokenProperty`` if something does not hold.
    package let run: @Sendable (ByteBuffer) throws -> Void

    /// All targets.
    package static let all = [
        FuzzTarget(name: "base64", run: fuzzBase64),
        FuzzTarget(name: "chunked-body", run: fuzzChunkedBody),
        FuzzTarget(name: "cluster", run: fuzzCluster),
        FuzzTarget(name: "deflate", run: fuzzDeflate),
        FuzzTarget(name: "http", run: fuzzHTTP),
        FuzzTarget(name: "json", run: fuzzJSON),
        FuzzTarget(name: "messagepack", run: fuzzMessagePack),
        FuzzTarget(name: "messagepack-packet", run: fuzzMessagePackPacket),
        FuzzTarget(name: "notices", run: fuzzNotices),
        FuzzTarget(name: "packet", run: fuzzPacket),
        FuzzTarget(name: "payload", run: fuzzPayload),
        FuzzTarget(name: "payload-v3", run: fuzzVersion3Payload),
        FuzzTarget(name: "proxy-header", run: fuzzProxyHeader),
        FuzzTarget(name: "recovery", run: fuzzRecovery),
        FuzzTarget(name: "request", run: fuzzRequest),
        FuzzTarget(name: "request-target", run: fuzzRequestTarget),
        FuzzTarget(name: "subscription", run: fuzzSubscription),
        FuzzTarget(name: "websocket", run: fuzzWebSocket),
    ]

    /// The target in one word.
    package var description: String { name }
}

/// Something that must hold for every input does not.
package struct BrokenProperty: Error, CustomStringConvertible {
    /// What should hold.
    package let description: String
}

/// Makes sure that something holds.
/// - Parameters:
///   - condition: whether it does.
///   - property: what should hold.
/// - Throws: ``BrokenProperty`` otherwise.
func check(_ condition: Bool, _ property: @autoclosure () -> String) throws {
    guard !condition else { return }
    throw BrokenProperty(description: property())
}

extension ByteBuffer {
    /// The bytes as text, repaired as a transport would refuse to: UTF-8 is checked before what is behind it.
    var repairedText: ByteBuffer { ByteBuffer(string: String(buffer: self)) }

    /// The parts between separators.
    func split(separator: UInt8) -> [ByteBuffer] {
        readableBytesView.split(separator: separator, omittingEmptySubsequences: false).map(ByteBuffer.init(bytes:))
    }
}
