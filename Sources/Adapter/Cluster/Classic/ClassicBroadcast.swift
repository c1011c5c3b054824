public import NIOCore
public import SocketIO

/// An event on its way to the clients of other nodes: MessagePack `[uid, packet, opts]` (wire, 1.2).
public struct ClassicBroadcast: Sendable, Equatable {
    /// Event name and arguments.
    public var arguments: Arguments
    /// Whom it goes to, and how.
    public var options: BroadcastOptions

    /// Describes a broadcast.
    /// - Parameters:
    ///   - arguments: event name and arguments.
    ///   - options: whom it goes to, and how.
    public init(arguments: Arguments, options: BroadcastOptions) {
        self.arguments = arguments
        self.options = options
    }

    /// Encodes it, byte for byte as a Node.js peer would.
    /// - Parameters:
    ///   - uid: of the sender, so that it knows its own messages.
    ///   - namespace: with its leading slash.
    /// - Returns: the payload.
    public func encoded(uid: String, namespace: String) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: arguments.json.readableBytes + 128)
        buffer.writeMessagePack(arrayCount: 3)
        buffer.writeMessagePack(string: uid)
        ClassicPacket.value(arguments, namespace: namespace).writeMessagePack(to: &buffer)
        options.classicValue().writeMessagePack(to: &buffer)
        return buffer
    }

    /// Decodes what another node published.
    ///
    /// Lenient where Node.js peers are; everything that they would choke on, or that is not for this namespace, gives
    /// `nil`, and so does what we published ourselves.
    /// - Parameters:
    ///   - payload: as received.
    ///   - uid: our own.
    ///   - namespace: with its leading slash.
    public init?(_ payload: ByteBuffer, exceptFrom uid: String, namespace: String) {
        guard !Self.isFrom(uid, payload), let message = try? Value(messagePack: payload), let parts = message.array,
            parts.count >= 3, parts[0] != .string(uid), parts[2].object != nil,
            let arguments = ClassicPacket.arguments(parts[1], namespace: namespace)
        else { return nil }
        self.init(arguments: arguments, options: BroadcastOptions(classic: parts[2]))
    }

    /// Whether a payload begins as ours do: seen without decoding it.
    private static func isFrom(_ uid: String, _ payload: ByteBuffer) -> Bool {
        guard uid.utf8.count < 32 else { return false }
        var start = ByteBuffer()
        start.writeMessagePack(arrayCount: 3)
        start.writeMessagePack(string: uid)
        return payload.readableBytesView.starts(with: start.readableBytesView)
    }
}

/// The packet inside of a broadcast: `{type, data, nsp}`.
enum ClassicPacket {
    /// Always of type 2: receivers decide for their clients whether it is a binary event.
    static func value(_ arguments: Arguments, namespace: String) -> Value {
        ["type": 2, "data": .array(arguments.values), "nsp": .string(namespace)]
    }

    /// The arguments of an event of this namespace; a packet without one is of `/`.
    static func arguments(_ packet: Value, namespace: String) -> Arguments? {
        guard packet["nsp"] ?? "/" == .string(namespace) else { return nil }
        return arguments(packet["data"])
    }

    /// Event name and arguments from an array that begins with a name.
    static func arguments(_ data: Value?) -> Arguments? {
        guard let values = data?.array, let name = values.first, name.string != nil || name.int != nil
        else { return nil }
        return Arguments(values)
    }
}
