import NIOCore
import SocketIO

extension BroadcastOptions {
    /// The form `{rooms, except, flags}` of broadcasts; `timeout` in milliseconds is one of the flags.
    func classicValue(timeout: Duration? = nil) -> Value {
        var flags = Value.Object()
        if self.flags.volatile { flags["volatile"] = true }
        if let compress = self.flags.compress { flags["compress"] = .bool(compress) }
        if let event = self.flags.event { flags["event"] = .string(event.description) }
        if let timeout { flags["timeout"] = .int(timeout.wholeMilliseconds) }
        return ["rooms": Self.list(rooms), "except": Self.list(except), "flags": .object(flags)]
    }

    private static let roomsKey = [0x83, 0xA5] + Array("rooms".utf8)
    private static let exceptKey = [0xA6] + Array("except".utf8)
    private static let flagsKey = [0xA5] + Array("flags".utf8)
    private static let onlyRooms = exceptKey + [0x90] + flagsKey + [0x80]

    /// Writes the form of broadcasts.
    func writeClassic(to buffer: inout ByteBuffer) {
        buffer.writeBytes(Self.roomsKey)
        buffer.writeMessagePack(names: rooms)
        guard !except.isEmpty || flags.count > 0 else {
            buffer.writeBytes(Self.onlyRooms)
            return
        }
        buffer.writeBytes(Self.exceptKey)
        buffer.writeMessagePack(names: except)
        buffer.writeBytes(Self.flagsKey)
        buffer.writeMessagePack(mapCount: flags.count)
        if flags.volatile {
            buffer.writeMessagePack(string: "volatile")
            Value.bool(true).writeMessagePack(to: &buffer)
        }
        if let compress = flags.compress {
            buffer.writeMessagePack(string: "compress")
            Value.bool(compress).writeMessagePack(to: &buffer)
        }
        if let event = flags.event {
            buffer.writeMessagePack(string: "event")
            buffer.writeMessagePack(string: event.description)
        }
    }

    /// Reads the form of broadcasts; what is missing or strange counts as not said. `nil` if it is no map.
    init?(classic scanner: inout MessagePackScanner, _ bytes: RawSpan) throws(MessagePackError) {
        guard case .map(let count) = try scanner.readHead(bytes) else { return nil }
        self.init()
        for _ in 0..<count {
            let key = try scanner.readKey(bytes)
            let start = scanner.position
            switch try scanner.readHead(bytes) {
            case .array(let count) where bytes.equals(key, "rooms"):
                rooms = try Self.names(count, &scanner, bytes)
            case .array(let count) where bytes.equals(key, "except"):
                except = try Self.names(count, &scanner, bytes)
            case .map(let count) where bytes.equals(key, "flags"):
                for _ in 0..<count { try flags.readClassic(&scanner, bytes) }
            default:
                scanner.position = start
                try scanner.skipValue(bytes)
            }
        }
    }

    private static func names(
        _ count: Int, _ scanner: inout MessagePackScanner, _ bytes: RawSpan
    ) throws(MessagePackError) -> [String] {
        var names: [String] = []
        for _ in 0..<count {
            if let name = try scanner.readName(bytes) { names.append(name) }
        }
        return names
    }

    /// The form `{rooms, except}` of requests.
    var classicSelection: Value { ["rooms": Self.list(rooms), "except": Self.list(except)] }

    /// Reads either form; what is missing or strange counts as not said.
    init(classic value: Value?) {
        self.init(rooms: Self.names(value?["rooms"]), except: Self.names(value?["except"]))
        flags.volatile = value?["flags"]?["volatile"]?.bool ?? false
        flags.compress = value?["flags"]?["compress"]?.bool
        flags.event = value?["flags"]?["event"]?.string.flatMap { EventID($0) }
    }

    static func list(_ names: [String]) -> Value { .array(names.map { .string($0) }) }

    /// Names of rooms; numbers become text, as in a channel's name.
    static func names(_ value: Value?) -> [String] {
        (value?.array ?? []).compactMap { $0.string ?? $0.int.map { String($0) } }
    }
}

extension BroadcastOptions.Flags {
    /// How many of them are written.
    fileprivate var count: Int { (volatile ? 1 : 0) + (compress == nil ? 0 : 1) + (event == nil ? 0 : 1) }

    /// Reads one member of the map.
    fileprivate mutating func readClassic(
        _ scanner: inout MessagePackScanner, _ bytes: RawSpan
    ) throws(MessagePackError) {
        let key = try scanner.readKey(bytes)
        let start = scanner.position
        switch try scanner.readHead(bytes) {
        case .bool(let value) where bytes.equals(key, "volatile"): volatile = value
        case .bool(let value) where bytes.equals(key, "compress"): compress = value
        default:
            scanner.position = start
            guard bytes.equals(key, "event") else { return try scanner.skipValue(bytes) }
            event = try scanner.readName(bytes).flatMap { EventID($0) }
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeMessagePack(names: [String]) {
        writeMessagePack(arrayCount: names.count)
        for name in names { writeMessagePack(string: name) }
    }
}

extension Duration {
    /// Whole milliseconds, as JavaScript counts time.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : milliseconds &+ attoseconds / 1_000_000_000_000_000
    }
}
