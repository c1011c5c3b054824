public import EngineIO
import NIOCore

/// Writes packets as Engine.IO messages: text and attachments, encoded once for any number of receivers.
///
/// Arguments are copied as JSON text, not decoded. The namespace `/` is left out, as the protocol asks.
/// Source: Socket.IO protocol v5, packet encoding.
public enum PacketEncoder {
    /// CONNECT: the client has joined a namespace, `0{"sid":"…"}`.
    /// - Parameters:
    ///   - namespace: the namespace, with its leading slash.
    ///   - sid: the socket id.
    ///   - pid: the private id for connection state recovery, if that is on.
    /// - Returns: the message.
    public static func connect(namespace: String, sid: String, pid: String? = nil) -> OutgoingMessage {
        OutgoingMessage { buffer in
            writeHeader(.connect, namespace: namespace, to: &buffer)
            buffer.writeStaticString("{\"sid\":")
            buffer.writeJSONString(sid)
            if let pid {
                buffer.writeStaticString(",\"pid\":")
                buffer.writeJSONString(pid)
            }
            buffer.writeInteger(UInt8.closeBrace)
        }
    }

    /// CONNECT_ERROR: the client may not join a namespace, `4{"message":"…","data":…}`.
    /// - Parameters:
    ///   - namespace: the namespace as the client named it.
    ///   - message: why, for the client's `connect_error` handler.
    ///   - data: details for that handler; binary content cannot be sent here and takes the form of a Node.js `Buffer`.
    /// - Returns: the message.
    public static func connectError(namespace: String, message: String, data: Value? = nil) -> OutgoingMessage {
        OutgoingMessage { buffer in
            writeHeader(.connectError, namespace: namespace, to: &buffer)
            buffer.writeStaticString("{\"message\":")
            buffer.writeJSONString(message)
            if let data {
                buffer.writeStaticString(",\"data\":")
                data.writeJSON(to: &buffer)
            }
            buffer.writeInteger(UInt8.closeBrace)
        }
    }

    /// DISCONNECT: the server ends the client's membership in a namespace, `1`.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: the message.
    public static func disconnect(namespace: String) -> OutgoingMessage {
        OutgoingMessage { writeHeader(.disconnect, namespace: namespace, to: &$0) }
    }

    /// EVENT or BINARY_EVENT, `2["name",…]`.
    /// - Parameters:
    ///   - name: name of the event.
    ///   - arguments: its arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - acknowledgementID: the id that the receiver shall answer with; `nil`, as broadcasts have it, asks for none.
    /// - Returns: the message.
    public static func event(
        _ name: EventName, _ arguments: Arguments, namespace: String, acknowledgementID: Int? = nil
    ) -> OutgoingMessage {
        let text = arguments.json.readableBytes + name.utf8.readableBytes + 4
        return message(.event, arguments, textLength: text, namespace: namespace, id: acknowledgementID) { buffer in
            buffer.writeJSONString(name.utf8.readableBytesSpan)
            if !arguments.isEmpty { buffer.writeInteger(UInt8.comma) }
        }
    }

    /// EVENT or BINARY_EVENT whose name is the first of the arguments, as it comes from other nodes.
    /// - Parameters:
    ///   - nameAndArguments: name of the event and its arguments, see ``Arguments/init(event:_:)``.
    ///   - namespace: the namespace, with its leading slash.
    ///   - acknowledgementID: the id that the receiver shall answer with; `nil` asks for none.
    /// - Returns: the message.
    public static func event(
        _ nameAndArguments: Arguments, namespace: String, acknowledgementID: Int? = nil
    ) -> OutgoingMessage {
        message(
            .event, nameAndArguments, textLength: nameAndArguments.json.readableBytes, namespace: namespace,
            id: acknowledgementID)
    }

    /// ACK or BINARY_ACK, `3<id>[…]`.
    /// - Parameters:
    ///   - id: the id that the event came with.
    ///   - arguments: the answer.
    ///   - namespace: the namespace, with its leading slash.
    /// - Returns: the message.
    public static func acknowledgement(_ id: Int, _ arguments: Arguments, namespace: String) -> OutgoingMessage {
        message(.acknowledgement, arguments, textLength: arguments.json.readableBytes, namespace: namespace, id: id)
    }

    private static func message(
        _ kind: Packet.Kind, _ arguments: Arguments, textLength: Int, namespace: String, id: Int?,
        writeName: (inout ByteBuffer) -> Void = { _ in }
    ) -> OutgoingMessage {
        // Type, attachment count, dash, comma, id and brackets take 28 bytes at most.
        let capacity = textLength + namespace.utf8.count + 28
        return OutgoingMessage(capacity: capacity, attachments: arguments.attachments) { buffer in
            writeHeader(kind, attachments: arguments.attachments.count, namespace: namespace, to: &buffer)
            if let id { buffer.writeDecimal(id) }
            buffer.writeInteger(UInt8.openBracket)
            writeName(&buffer)
            buffer.writeImmutableBuffer(arguments.json)
            buffer.writeInteger(UInt8.closeBracket)
        }
    }

    private static func writeHeader(
        _ kind: Packet.Kind, attachments: Int = 0, namespace: String, to buffer: inout ByteBuffer
    ) {
        if attachments > 0 {
            let binary: Packet.Kind = kind == .event ? .binaryEvent : .binaryAcknowledgement
            buffer.writeInteger(UInt8.zero + binary.rawValue)
            buffer.writeDecimal(attachments)
            buffer.writeInteger(UInt8.minus)
        } else {
            buffer.writeInteger(UInt8.zero + kind.rawValue)
        }
        if namespace != "/" {
            buffer.writeString(namespace)
            buffer.writeInteger(UInt8.comma)
        }
    }
}
