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
        ClassicPacket.write(arguments, of: uid, to: &buffer)
        options.writeClassic(behindPacketOf: namespace, to: &buffer)
        return buffer
    }

    /// Decodes what another node published.
    ///
    /// Lenient where Node.js peers are; everything that they would choke on, or that is not for this namespace, gives
    /// `nil`, and so does what we published ourselves. The event becomes JSON, as clients get it, in one go.
    /// - Parameters:
    ///   - payload: as received.
    ///   - uid: our own.
    ///   - namespace: with its leading slash.
    public init?(_ payload: ByteBuffer, exceptFrom uid: String, namespace: String) {
        guard let broadcast = try? Self.decoded(payload, exceptFrom: uid, namespace: namespace) else { return nil }
        self = broadcast
    }

    private static func decoded(
        _ payload: ByteBuffer, exceptFrom uid: String, namespace: String
    ) throws(MessagePackError) -> ClassicBroadcast? {
        let bytes = payload.readableBytesSpan
        var scanner = MessagePackScanner()
        guard case .array(let count) = try scanner.readHead(bytes), count >= 3,
            try !scanner.readName(uid, bytes),
            let data = try ClassicPacket.data(&scanner, bytes, namespace: namespace),
            let options = try BroadcastOptions(classic: &scanner, bytes)
        else { return nil }
        for _ in 3..<count { try scanner.skipValue(bytes) }
        guard scanner.position == bytes.byteCount,
            let arguments = try Arguments(eventInMessagePack: payload, at: data)
        else { return nil }
        return ClassicBroadcast(arguments: arguments, options: options)
    }
}

/// The packet inside of a broadcast: `{type, data, nsp}`.
enum ClassicPacket {
    /// Always of type 2: receivers decide for their clients whether it is a binary event.
    static func value(_ arguments: Arguments, namespace: String) -> Value {
        ["type": 2, "data": .array(arguments.values), "nsp": .string(namespace)]
    }

    /// The map, its type, and the key `data`.
    private static let head = [0x83, 0xA4] + Array("type".utf8) + [0x02, 0xA4] + Array("data".utf8)

    static let namespaceKey = [0xA3] + Array("nsp".utf8)

    /// Writes the head of a broadcast and the packet up to its namespace.
    static func write(_ arguments: Arguments, of uid: String, to buffer: inout ByteBuffer) {
        let space = 1 + uid.utf8.count + head.count + 2 * OutputRawSpan.messagePackHead
        buffer.writeWithOutputRawSpan(minimumWritableBytes: space) { output in
            output.append(messagePackArrayCount: 3)
            output.append(messagePackString: uid)
            output.append(copying: head)
            output.append(messagePackArrayCount: arguments.count)
        }
        buffer.writeMessagePack(arguments)
    }

    /// Skips a packet of this namespace; one without a namespace is of `/`.
    /// - Returns: where its data begins; `nil` if it is no packet, of another namespace or without data.
    static func data(
        _ scanner: inout MessagePackScanner, _ bytes: RawSpan, namespace: String
    ) throws(MessagePackError) -> Int? {
        let start = scanner.position
        if scanner.skip(head, bytes) {
            let data = scanner.position
            try scanner.skipValue(bytes)
            if scanner.skip(namespaceKey, bytes) { return try scanner.readName(namespace, bytes) ? data : nil }
        }
        scanner.position = start
        return try dataInAnyOrder(&scanner, bytes, namespace: namespace)
    }

    private static func dataInAnyOrder(
        _ scanner: inout MessagePackScanner, _ bytes: RawSpan, namespace: String
    ) throws(MessagePackError) -> Int? {
        guard case .map(let count) = try scanner.readHead(bytes) else { return nil }
        var data: Int?
        var isOurs = namespace == "/"
        for _ in 0..<count {
            let key = try scanner.readKey(bytes)
            if bytes.equals(key, "nsp") {
                isOurs = try scanner.readName(namespace, bytes)
            } else {
                if bytes.equals(key, "data") { data = scanner.position }
                try scanner.skipValue(bytes)
            }
        }
        return isOurs ? data : nil
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
