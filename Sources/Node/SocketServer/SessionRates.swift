public import EngineIO
import NIOCore

/// How much one session may send per second. A session that sends more is closed with `CloseReason.rateLimit`.
///
/// Off by default, as in the reference: how much a well-behaved client sends is known to the application alone, and one
/// that loses its connection for it cannot know why. A server that strangers reach should set generous limits.
public struct SessionRates: Sendable, Equatable {
    /// Packets: events, acknowledgements, joining and leaving a namespace. Default: no limit.
    public var events: RateLimit?
    /// Bytes of messages. A burst below `EngineConfiguration.maxPayload` shortens the longest message. Default: no
    /// limit.
    public var bytes: RateLimit?

    /// Creates rates without limits.
    public init() {}
}

/// Counts what a session sends against ``SessionRates``.
struct SessionMeter {
    private var events = TokenBucket()
    private var bytes = TokenBucket()

    /// A message came.
    /// - Returns: whether it is within the rate.
    mutating func allows(_ message: Message, _ rates: SessionRates, now: @autoclosure () -> Duration) -> Bool {
        guard let limit = rates.bytes else { return true }
        let size =
            switch message {
            case .text(let text): text.readableBytes
            case .binary(let bytes): bytes.readableBytes
            }
        return bytes.take(size, of: limit, now: now())
    }

    /// A packet, of one or more messages, is complete.
    /// - Returns: whether it is within the rate.
    mutating func allowsPacket(_ rates: SessionRates, now: @autoclosure () -> Duration) -> Bool {
        guard let limit = rates.events else { return true }
        return events.take(of: limit, now: now())
    }
}
