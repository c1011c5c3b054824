import EngineIO
import NIOCore

extension PacketDecoder {
    /// Reads a packet of the format ``PacketFormat/messagePack``, with the checks of socket.io-msgpack-parser and those
    /// that every format has here: depth, length of the namespace, reserved event names.
    ///
    /// Other keys, such as `options`, which the stock client adds, are ignored, and `null` counts as absent, because
    /// python-socketio sends it so.
    func messagePack(_ message: Message) throws(PacketError) -> Packet {
        guard case .binary(let bytes) = message else { throw .unexpectedText }
        let packet: Value
        do {
            // The map and its data are two levels that a packet as JSON does not count.
            packet = try Value(messagePack: bytes, depthLimit: limits.maxDepth + 2)
        } catch {
            throw .invalidMessagePack(error)
        }
        let kind = try kind(packet["type"])
        let namespace = try namespace(packet["nsp"])
        let id = try acknowledgementID(packet["id"])
        return Packet(namespace: namespace, content: try content(kind, packet["data"] ?? .null, id: id))
    }

    private func kind(_ value: Value?) throws(PacketError) -> Packet.Kind {
        guard let number = value?.int.flatMap(UInt8.init(exactly:)), let kind = Packet.Kind(rawValue: number),
            !kind.isBinary
        else { throw .unknownType }
        return kind
    }

    /// The namespace without the query string that old clients append.
    private func namespace(_ value: Value?) throws(PacketError) -> String {
        guard let text = value?.string else { throw .invalidNamespace }
        guard text.utf8.count <= limits.maxNamespaceLength else { throw .namespaceTooLong }
        return String(Substring(text.utf8.prefix { $0 != UInt8(ascii: "?") }))
    }

    private func acknowledgementID(_ value: Value?) throws(PacketError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let id = value.int, (0...(1 << 53)).contains(id) else { throw .illegalAcknowledgementID }
        return Int(id)
    }

    private func content(_ kind: Packet.Kind, _ data: Value, id: Int?) throws(PacketError) -> Packet.Content {
        switch (kind, data) {
        case (.connect, .null):
            return .connect(payload: .object(Value.Object()))
        case (.connect, .object(let payload)):
            return .connect(payload: .object(payload))
        case (.disconnect, .null):
            return .disconnect
        case (.event, .array(let elements)):
            return try event(elements, id: id)
        case (.acknowledgement, .array(let elements)):
            guard let id else { throw .illegalAcknowledgementID }
            return .acknowledgement(id: id, Arguments(elements))
        case (.connectError, let payload) where payload.object != nil || payload.string != nil:
            return .connectError(payload: payload)
        default:
            throw .invalidPayload
        }
    }

    private func event(_ elements: [Value], id: Int?) throws(PacketError) -> Packet.Content {
        guard let name = elements.first.flatMap(EventName.init(value:)) else { throw .invalidPayload }
        guard !name.isReserved else { throw .reservedEventName }
        return .event(name, Arguments(Array(elements.dropFirst())), acknowledgementID: id)
    }
}

extension EventName {
    /// A name from the first element of an event: a string, or a number, whose name is its JavaScript text.
    fileprivate init?(value: Value) {
        switch value {
        case .string(let text):
            self.init(text)
        case .int, .double:
            var text = ByteBuffer()
            value.writeJSON(to: &text)
            self.init(String(buffer: text))
        default:
            return nil
        }
    }
}
