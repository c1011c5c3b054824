public import EngineIO
import NIOCore

/// Makes packets of Engine.IO messages: the parser of one session.
///
/// ```swift
/// var decoder = PacketDecoder()
/// _ = try decoder.received(.text(ByteBuffer(string: #"51-["photo",{"_placeholder":true,"num":0}]"#)))  // nil
/// let packet = try decoder.received(.binary(bytes))  // the event
/// ```
///
/// JSON is checked completely but not decoded. After an error the decoder is as new; the session is to be closed.
/// Source: Socket.IO protocol v5, packet encoding.
public struct PacketDecoder: Sendable {
    /// What a peer may send.
    public struct Limits: Sendable {
        /// Attachments of one packet. Default 10, as the reference. (How long each may be is the transport's limit.)
        public var maxAttachments = 10
        /// How deep arrays and objects may nest inside an argument. Default 128, at most 512.
        public var maxDepth = 128
        /// Bytes of a namespace's name, query string included. Default 1,024.
        public var maxNamespaceLength = 1024
        /// Creates the default limits.
        public init() {}
    }

    /// What it was created with. Copies have it in common, so that the decoders of many sessions are small.
    private final class Settings: Sendable {
        let limits: Limits
        let format: PacketFormat

        init(_ limits: Limits, _ format: PacketFormat) {
            self.limits = limits
            self.format = format
        }
    }

    private let settings: Settings
    /// A packet whose attachments are still on their way, if there is one. In a list, so that the many decoders that have
    /// none are small.
    private var incomplete: [IncompletePacket] = []

    /// Creates a decoder.
    /// - Parameters:
    ///   - limits: what the peer may send.
    ///   - format: how the peer writes packets. Default: JSON text with binary attachments.
    public init(limits: Limits = Limits(), format: PacketFormat = .json) {
        settings = Settings(limits, format)
    }

    var limits: Limits { settings.limits }

    /// A message came.
    /// - Parameter message: the next message of the session, in order.
    /// - Returns: the packet that is complete with this message; `nil` if attachments are missing.
    /// - Throws: ``PacketError`` if the messages are not a packet, or over a limit.
    public mutating func received(_ message: Message) throws(PacketError) -> Packet? {
        guard settings.format == .json else { return try messagePack(message) }
        switch message {
        case .text(let text):
            guard incomplete.isEmpty else {
                incomplete = []
                throw .unexpectedText
            }
            return try decode(text)
        case .binary(let bytes):
            guard !incomplete.isEmpty else { throw .unexpectedBinary }
            guard let packet = incomplete[0].received(bytes) else { return nil }
            incomplete = []
            return packet
        }
    }

    /// What an event says, see ``Packet/Content/event(_:_:acknowledgementID:)``, and in which namespace.
    package typealias Event = (
        namespace: String, name: EventName, arguments: Arguments, acknowledgementID: Int?
    )

    /// Reads an event that is complete in one message, as nearly every packet is: in parts, since to put them into a
    /// ``Packet`` and to take them out again costs half as much as to read them.
    /// - Parameter message: the next message of the session, in order.
    /// - Returns: the event; `nil` if the message is something else, or wrong in the place where it comes. That is left
    ///   to ``received(_:)``.
    /// - Throws: ``PacketError`` if the message is an event, but malformed or over a limit.
    package mutating func event(_ message: Message) throws(PacketError) -> Event? {
        guard case .text(let text) = message, settings.format == .json, incomplete.isEmpty else { return nil }
        let bytes = text.readableBytesSpan
        let header = try PacketHeader(bytes, limits: limits)
        guard header.kind == .event else { return nil }
        let (name, arguments) = try event(text, bytes, header)
        return (header.namespace, name, arguments, header.acknowledgementID)
    }

    private mutating func decode(_ text: ByteBuffer) throws(PacketError) -> Packet? {
        let bytes = text.readableBytesSpan
        let header = try PacketHeader(bytes, limits: limits)
        let content = try content(of: text, bytes, header)
        guard header.attachmentCount > 0 else { return Packet(namespace: header.namespace, content: content) }
        incomplete = [IncompletePacket(header, content)]
        return nil
    }

    private func content(
        of text: ByteBuffer, _ bytes: RawSpan, _ header: PacketHeader
    ) throws(PacketError) -> Packet.Content {
        switch header.kind {
        case .event, .binaryEvent:
            let (name, arguments) = try event(text, bytes, header)
            return .event(name, arguments, acknowledgementID: header.acknowledgementID)
        case .acknowledgement, .binaryAcknowledgement:
            guard let id = header.acknowledgementID else { throw .illegalAcknowledgementID }
            let elements = try elements(bytes, header)
            return .acknowledgement(
                id: id,
                Arguments(uncheckedJSON: text.slice(elements.content), count: elements.count, attachments: []))
        case .connect:
            let payload = try payload(text, header) ?? .object(Value.Object())
            guard payload.object != nil else { throw .invalidPayload }
            return .connect(payload: payload)
        case .disconnect:
            guard header.length == bytes.byteCount else { throw .invalidPayload }
            return .disconnect
        case .connectError:
            guard let payload = try payload(text, header), payload.object != nil || payload.string != nil else {
                throw .invalidPayload
            }
            return .connectError(payload: payload)
        }
    }

    private func event(
        _ text: ByteBuffer, _ bytes: RawSpan, _ header: PacketHeader
    ) throws(PacketError) -> (EventName, Arguments) {
        let elements = try elements(bytes, header)
        guard elements.count > 0 else { throw .invalidPayload }
        let name = try name(text, bytes, elements)
        let arguments = Arguments(
            uncheckedJSON: text.slice(elements.rest), count: elements.count - 1, attachments: [])
        return (name, arguments)
    }

    private func name(_ text: ByteBuffer, _ bytes: RawSpan, _ elements: JSONElements) throws(PacketError) -> EventName {
        let json = text.slice(elements.first)
        guard elements.startsWithPlainString else {
            guard let name = EventName(json: json) else { throw .invalidPayload }
            guard !name.isReserved else { throw .reservedEventName }
            return name
        }
        guard !EventName.isReserved(bytes.extracting(elements.first)) else { throw .reservedEventName }
        return EventName(canonical: json)
    }

    private func elements(_ bytes: RawSpan, _ header: PacketHeader) throws(PacketError) -> JSONElements {
        guard header.length < bytes.byteCount else { throw .invalidPayload }
        do {
            let elements = try JSONElements(bytes, from: header.length, depthLimit: limits.maxDepth)
            if header.attachmentCount > 0 {
                try Placeholders.check(bytes.extracting(elements.content), attachmentCount: header.attachmentCount)
            }
            return elements
        } catch {
            throw error.reason == .illegalAttachments ? .illegalAttachments : .invalidJSON(error)
        }
    }

    private func payload(_ text: ByteBuffer, _ header: PacketHeader) throws(PacketError) -> Value? {
        guard header.length < text.readableBytes else { return nil }
        do {
            return try Value(json: text.slice(header.length..<text.readableBytes), depthLimit: limits.maxDepth)
        } catch {
            throw .invalidJSON(JSONError(error.reason, at: error.offset + header.length))
        }
    }
}

/// A packet whose attachments are still on their way. Its placeholders were checked when its text came.
///
/// What waits is in memory of its own. As a part of what was read from the network it would keep all of that; and the next
/// frame, which is unmasked in place, would have to be copied first, with everything that came behind it.
private struct IncompletePacket: Sendable {
    private let packet: Packet
    /// How many attachments are to come.
    private var missing: Int
    private var attachments: [ByteBuffer] = []

    init(_ header: PacketHeader, _ content: Packet.Content) {
        packet = Packet(namespace: header.namespace, content: content.compacted)
        missing = header.attachmentCount
    }

    /// An attachment came.
    /// - Returns: the packet with all attachments, if this was the last one.
    mutating func received(_ attachment: ByteBuffer) -> Packet? {
        missing -= 1
        attachments.append(missing > 0 ? attachment.compacted : attachment)
        return missing == 0 ? complete : nil
    }

    private var complete: Packet {
        switch packet.content {
        case .event(let name, let arguments, let id):
            Packet(
                namespace: packet.namespace,
                content: .event(name, arguments.with(attachments), acknowledgementID: id))
        case .acknowledgement(let id, let arguments):
            Packet(namespace: packet.namespace, content: .acknowledgement(id: id, arguments.with(attachments)))
        default: packet
        }
    }
}

extension Packet.Content {
    /// The same in memory of its own.
    fileprivate var compacted: Self {
        switch self {
        case .event(let name, let arguments, let id):
            .event(name.compacted, arguments.compacted, acknowledgementID: id)
        case .acknowledgement(let id, let arguments): .acknowledgement(id: id, arguments.compacted)
        default: self
        }
    }
}

extension Arguments {
    fileprivate func with(_ attachments: [ByteBuffer]) -> Arguments {
        Arguments(uncheckedJSON: json, count: count, attachments: attachments)
    }
}
