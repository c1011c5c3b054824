public import EngineIO
package import NIOCore

/// Writes packets as Engine.IO messages, encoded once for any number of receivers.
///
/// In the format ``PacketFormat/json`` arguments are copied as JSON text, not decoded, and the namespace `/` is left
/// out, as the protocol asks. In ``PacketFormat/messagePack`` they are decoded only if there is binary content.
/// Source: Socket.IO protocol v5, packet encoding.
public struct PacketEncoder: Sendable {
    let format: PacketFormat

    /// Creates an encoder.
    /// - Parameter format: how packets are written. Default: JSON text with binary attachments.
    public init(format: PacketFormat = .json) { self.format = format }

    /// CONNECT: the client has joined a namespace, `0{"sid":"…"}`.
    /// - Parameters:
    ///   - namespace: the namespace, with its leading slash.
    ///   - sid: the socket id.
    ///   - pid: the private id for connection state recovery, if that is on.
    /// - Returns: the message.
    public func connect(namespace: String, sid: String, pid: String? = nil) -> OutgoingMessage {
        var payload = Value.Object([.init(key: "sid", value: .string(sid))])
        payload["pid"] = pid.map(Value.string)
        return message(.connect, .object(payload), namespace: namespace)
    }

    /// CONNECT of protocol 4: the client has joined a namespace, `0`. It knows the socket id.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: the message.
    public func connect(protocol4 namespace: String) -> OutgoingMessage {
        message(.connect, nil, namespace: namespace)
    }

    /// CONNECT_ERROR of protocol 4: the client may not join a namespace, `4"…"`.
    /// - Parameters:
    ///   - namespace: the namespace as the client named it.
    ///   - payload: why, for the client's `error` handler; binary content takes the form of a Node.js `Buffer`.
    /// - Returns: the message.
    public func connectError(protocol4 namespace: String, payload: Value) -> OutgoingMessage {
        message(.connectError, payload, namespace: namespace)
    }

    /// CONNECT_ERROR: the client may not join a namespace, `4{"message":"…","data":…}`.
    /// - Parameters:
    ///   - namespace: the namespace as the client named it.
    ///   - message: why, for the client's `connect_error` handler.
    ///   - data: details for that handler; binary content cannot be sent here as JSON and takes the form of a Node.js
    ///     `Buffer`.
    /// - Returns: the message.
    public func connectError(namespace: String, message: String, data: Value? = nil) -> OutgoingMessage {
        var payload = Value.Object([.init(key: "message", value: .string(message))])
        payload["data"] = data
        return self.message(.connectError, .object(payload), namespace: namespace)
    }

    /// DISCONNECT: the server ends the client's membership in a namespace, `1`.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: the message.
    public func disconnect(namespace: String) -> OutgoingMessage {
        message(.disconnect, nil, namespace: namespace)
    }

    /// EVENT or BINARY_EVENT, `2["name",…]`.
    /// - Parameters:
    ///   - name: name of the event.
    ///   - arguments: its arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - acknowledgementID: the id that the receiver shall answer with; `nil`, as broadcasts have it, asks for none.
    /// - Returns: the message.
    public func event(
        _ name: EventName, _ arguments: Arguments, namespace: String, acknowledgementID: Int? = nil
    ) -> OutgoingMessage {
        message(.event, name, arguments, namespace: namespace, id: acknowledgementID)
    }

    /// EVENT or BINARY_EVENT whose name is the first of the arguments, as it comes from other nodes.
    /// - Parameters:
    ///   - nameAndArguments: name of the event and its arguments, see ``Arguments/init(event:_:)``.
    ///   - namespace: the namespace, with its leading slash.
    ///   - acknowledgementID: the id that the receiver shall answer with; `nil` asks for none.
    /// - Returns: the message.
    public func event(
        _ nameAndArguments: Arguments, namespace: String, acknowledgementID: Int? = nil
    ) -> OutgoingMessage {
        message(.event, nil, nameAndArguments, namespace: namespace, id: acknowledgementID)
    }

    /// ACK or BINARY_ACK, `3<id>[…]`.
    /// - Parameters:
    ///   - id: the id that the event came with.
    ///   - arguments: the answer.
    ///   - namespace: the namespace, with its leading slash.
    /// - Returns: the message.
    public func acknowledgement(_ id: Int, _ arguments: Arguments, namespace: String) -> OutgoingMessage {
        message(.acknowledgement, nil, arguments, namespace: namespace, id: id)
    }

    /// EVENT or BINARY_EVENT, see ``event(_:_:namespace:acknowledgementID:)``, to one client.
    /// - Parameters:
    ///   - name: name of the event.
    ///   - arguments: its arguments.
    ///   - namespace: the namespace, with its leading slash.
    ///   - buffer: an empty buffer, see `EngineSession.messageBuffer()`.
    /// - Returns: the message.
    package func event(
        _ name: EventName, _ arguments: Arguments, namespace: String, in buffer: consuming ByteBuffer
    ) -> OutgoingMessage {
        guard format == .json, arguments.attachments.isEmpty else {
            return event(name, arguments, namespace: namespace)
        }
        let start = PacketStart(.event, attachments: 0, namespace: namespace, id: nil)
        return OutgoingMessage(textOfLength: start.length(before: name, arguments), in: buffer) { output in
            start.write(before: name, arguments, to: &output)
        }
    }

    /// ACK or BINARY_ACK, see ``acknowledgement(_:_:namespace:)``, to one client.
    /// - Parameters:
    ///   - id: the id that the event came with.
    ///   - arguments: the answer.
    ///   - namespace: the namespace, with its leading slash.
    ///   - buffer: an empty buffer, see `EngineSession.messageBuffer()`.
    /// - Returns: the message.
    package func acknowledgement(
        _ id: Int, _ arguments: Arguments, namespace: String, in buffer: consuming ByteBuffer
    ) -> OutgoingMessage {
        guard format == .json, arguments.attachments.isEmpty else {
            return acknowledgement(id, arguments, namespace: namespace)
        }
        let start = PacketStart(.acknowledgement, attachments: 0, namespace: namespace, id: id)
        return OutgoingMessage(textOfLength: start.length(before: nil, arguments), in: buffer) { output in
            start.write(before: nil, arguments, to: &output)
        }
    }

    private func message(
        _ kind: Packet.Kind, _ name: EventName?, _ arguments: Arguments, namespace: String, id: Int?
    ) -> OutgoingMessage {
        guard format == .json else { return messagePack(kind, name, arguments, namespace: namespace, id: id) }
        let start = PacketStart(kind, attachments: arguments.attachments.count, namespace: namespace, id: id)
        let length = start.length(before: name, arguments)
        return OutgoingMessage(textOfLength: length, attachments: arguments.attachments) { output in
            start.write(before: name, arguments, to: &output)
        }
    }

    private func message(_ kind: Packet.Kind, _ payload: Value?, namespace: String) -> OutgoingMessage {
        guard format == .json else { return messagePack(kind, payload, namespace: namespace) }
        return OutgoingMessage { buffer in
            var writer = TextWriter()
            writer.append(.zero + kind.rawValue, to: &buffer)
            if namespace != "/" {
                writer.append(namespace.utf8Span.span.bytes, to: &buffer)
                writer.append(.comma, to: &buffer)
            }
            if let payload {
                var attachments: [ByteBuffer]?
                writer.append(payload, to: &buffer, attachments: &attachments)
            }
            writer.flush(to: &buffer)
        }
    }
}

/// What stands before the payload of an EVENT or ACK packet, see ``PacketHeader``.
private struct PacketStart {
    private let kind: Packet.Kind
    private let attachments: DecimalDigits?
    private let namespace: String?
    private let id: DecimalDigits?

    init(_ kind: Packet.Kind, attachments: Int, namespace: String, id: Int?) {
        let binary: Packet.Kind = kind == .event ? .binaryEvent : .binaryAcknowledgement
        self.kind = attachments > 0 ? binary : kind
        self.attachments = attachments > 0 ? DecimalDigits(attachments) : nil
        self.namespace = namespace == "/" ? nil : namespace
        self.id = id.map { DecimalDigits($0) }
    }

    /// Length of the whole packet in bytes.
    func length(before name: EventName?, _ arguments: Arguments) -> Int {
        let nameLength = name.map { $0.json.readableBytes + (arguments.isEmpty ? 0 : 1) } ?? 0
        return length + 2 + nameLength + arguments.json.readableBytes
    }

    private var length: Int {
        1 + (attachments.map { $0.count + 1 } ?? 0) + (namespace.map { $0.utf8.count + 1 } ?? 0) + (id?.count ?? 0)
    }

    /// Writes the whole packet.
    func write(before name: EventName?, _ arguments: Arguments, to output: inout OutputRawSpan) {
        write(to: &output)
        output.append(.openBracket)
        if let name {
            output.append(contentsOf: name.json.readableBytesSpan)
            if !arguments.isEmpty { output.append(.comma) }
        }
        output.append(contentsOf: arguments.json.readableBytesSpan)
        output.append(.closeBracket)
    }

    private func write(to output: inout OutputRawSpan) {
        output.append(.zero + kind.rawValue)
        if let attachments {
            attachments.withBytes { output.append(contentsOf: $0) }
            output.append(.minus)
        }
        if let namespace {
            output.append(contentsOf: namespace.utf8Span.span.bytes)
            output.append(.comma)
        }
        id?.withBytes { output.append(contentsOf: $0) }
    }
}
