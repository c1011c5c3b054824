import NIOCore

/// Why a WebSocket connection is closed, as its close frame says. Source: RFC 6455, section 7.4.
package struct WebSocketCloseCode: Error, Hashable, Sendable {
    /// The number on the wire.
    package let number: UInt16

    private init(_ number: UInt16) {
        self.number = number
    }

    /// The purpose is fulfilled.
    package static let normal = WebSocketCloseCode(1000)
    /// The server goes down.
    package static let goingAway = WebSocketCloseCode(1001)
    /// A frame breaks the rules.
    package static let protocolError = WebSocketCloseCode(1002)
    /// Text that is not UTF-8.
    package static let invalidPayload = WebSocketCloseCode(1007)
    /// A message over the limit.
    package static let messageTooBig = WebSocketCloseCode(1009)

    /// Reads the payload of a close frame.
    /// - Parameter payload: nothing, or a code and a reason in UTF-8.
    /// - Returns: the code, if there is one.
    /// - Throws: ``protocolError`` for a code that must not be sent, ``invalidPayload`` for a reason that is not UTF-8.
    static func decode(_ payload: ByteBuffer) throws(WebSocketCloseCode) -> WebSocketCloseCode? {
        guard payload.readableBytes > 0 else { return nil }
        var payload = payload
        guard let number = payload.readInteger(as: UInt16.self) else { throw .protocolError }
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .protocolError
        }
        var validator = UTF8Validator()
        guard validator.accepts(payload.readableBytesView), validator.isAtBoundary else { throw .invalidPayload }
        return WebSocketCloseCode(number)
    }
}
