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
    private static let noFlags = flagsKey + [0x80]
    private static let onlyRooms = exceptKey + [0x90] + noFlags

    /// Writes the form of broadcasts, behind the last member of the packet, its namespace.
    func writeClassic(behindPacketOf namespace: String, to buffer: inout ByteBuffer) {
        let keys = ClassicPacket.namespaceKey.count + Self.roomsKey.count + Self.exceptKey.count + Self.noFlags.count
        let names = [rooms, except].joined().reduce(namespace.utf8.count) { $0 + $1.utf8.count }
        let space = keys + names + (3 + rooms.count + except.count) * OutputRawSpan.messagePackHead
        buffer.writeWithOutputRawSpan(minimumWritableBytes: space) { output in
            output.append(copying: ClassicPacket.namespaceKey)
            output.append(messagePackString: namespace)
            output.append(copying: Self.roomsKey)
            output.append(messagePackStrings: rooms)
            output.append(copying: Self.exceptKey)
            output.append(messagePackStrings: except)
            output.append(copying: flags.count == 0 ? Self.noFlags : Self.flagsKey)
        }
        if flags.count > 0 { flags.writeClassic(to: &buffer) }
    }

    /// Reads the form of broadcasts; what is missing or strange counts as not said. `nil` if it is no map.
    init?(classic scanner: inout MessagePackScanner, _ bytes: RawSpan) throws(MessagePackError) {
        self.init()
        let start = scanner.position
        if try readWithoutFlags(&scanner, bytes) { return }
        self = BroadcastOptions()
        scanner.position = start
        guard case .map(let count) = try scanner.readHead(bytes) else { return nil }
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

    /// Reads what nearly all broadcasts have: rooms, others that are excepted, and no flags, in this order.
    /// - Returns: whether it was that.
    private mutating func readWithoutFlags(
        _ scanner: inout MessagePackScanner, _ bytes: RawSpan
    ) throws(MessagePackError) -> Bool {
        guard scanner.skip(Self.roomsKey, bytes), case .array(let count) = try scanner.readHead(bytes)
        else { return false }
        rooms = try Self.names(count, &scanner, bytes)
        if scanner.skip(Self.onlyRooms, bytes) { return true }
        guard scanner.skip(Self.exceptKey, bytes), case .array(let count) = try scanner.readHead(bytes)
        else { return false }
        except = try Self.names(count, &scanner, bytes)
        return scanner.skip(Self.noFlags, bytes)
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

    /// Writes the map.
    fileprivate func writeClassic(to buffer: inout ByteBuffer) {
        buffer.writeMessagePack(mapCount: count)
        if volatile {
            buffer.writeMessagePack(string: "volatile")
            Value.bool(true).writeMessagePack(to: &buffer)
        }
        if let compress {
            buffer.writeMessagePack(string: "compress")
            Value.bool(compress).writeMessagePack(to: &buffer)
        }
        if let event {
            buffer.writeMessagePack(string: "event")
            buffer.writeMessagePack(string: event.description)
        }
    }

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

extension Duration {
    /// Whole milliseconds, as JavaScript counts time.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : milliseconds &+ attoseconds / 1_000_000_000_000_000
    }
}
