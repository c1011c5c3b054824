import EngineIO
import NIOCore
import SocketIO

/// Socket.IO packets: text in, packet out, and the other way round.
extension Benchmark {
    static let packets: [Benchmark] = [
        decoding("event", #"2["message","what 32 bytes of text look like"]"#),
        decoding("eventWithAcknowledgement", #"217["message","what 32 bytes of text look like"]"#),
        decoding("eventWithObjects", #"2/chat,["message",{"room":"lobby","text":"hello","at":1763718473}, [1,2,3]]"#),
        decoding("acknowledgement", #"317["ok",{"id":42}]"#),
        decoding("connect", #"0{"token":"abcdefghijklmnop"}"#),
        Benchmark("packet.decode.binaryEvent", state: { PacketDecoder() }) { decoder in
            keep(try? decoder.received(.text(binaryEvent)))
            keep(try? decoder.received(.binary(photo)))
        },
        binaryEventInFrames,
        decoding("messagePackEvent", event("message", ["what 32 bytes of text look like"], format: .messagePack)),
        encoding("event", ["what 32 bytes of text look like"]),
        encoding("binaryEvent", ["photo", .binary(photo)]),
        encoding("messagePackEvent", ["what 32 bytes of text look like"], format: .messagePack),
        Benchmark("packet.encode.acknowledgement") {
            let encoder = PacketEncoder()
            let arguments: Arguments = ["ok", ["id": 42]]
            return { keep(encoder.acknowledgement(17, arguments, namespace: "/")) }
        },
        Benchmark("packet.encode.connect") {
            let encoder = PacketEncoder()
            return { keep(encoder.connect(namespace: "/", sid: "Ab3_x-0aaaaaaaaaaaaa")) }
        },
        echo,
        acknowledgementTable,
    ]

    private static let binaryEvent = ByteBuffer(string: #"51-["photo",{"_placeholder":true,"num":0}]"#)
    private static let photo = ByteBuffer(repeating: 7, count: 256)

    /// A binary event with 16 KiB, as one read of a WebSocket brings it.
    private static let binaryEventInFrames = Benchmark("packet.decode.binaryEventInFrames") {
        var frames = masked(ByteBuffer(string: "4" + String(buffer: binaryEvent)), key: 0x1234_5678)
        let attachment = ByteBuffer(repeating: 7, count: 16_384)
        frames.writeImmutableBuffer(masked(attachment, key: 0x1234_5678, opcode: 0x2))
        let read = ByteBufferAllocator().buffer(capacity: 65_536)
        return (WebSocketDecoder(maxMessageSize: 1_000_000), PacketDecoder(), read, frames)
    } operation: {
        (socket: inout (frames: WebSocketDecoder, packets: PacketDecoder, read: ByteBuffer, sent: ByteBuffer)) in
        socket.read.clear()
        socket.read.writeImmutableBuffer(socket.sent)
        while let event = try? socket.frames.next(from: &socket.read) {
            guard case .text(var text) = event else {
                if case .binary(let bytes) = event { keep(try? socket.packets.received(.binary(bytes))) }
                continue
            }
            text.moveReaderIndex(forwardBy: 1)
            keep(try? socket.packets.received(.text(text)))
        }
    }

    /// What a server does that acknowledges every event with its arguments.
    private static let echo = Benchmark("packet.echo") {
        var connection = Connection<Int>()
        _ = connection.received(Packet(namespace: "/", content: .connect(payload: [:])))
        _ = connection.joined("/", as: 1)
        return (PacketDecoder(), connection, ByteBuffer(string: #"217["echo","what 32 bytes of text look like"]"#))
    } operation: { (server: inout (decoder: PacketDecoder, connection: Connection<Int>, text: ByteBuffer)) in
        guard let packet = try? server.decoder.received(.text(server.text)),
            case .event(_, _, let arguments, let id?) = server.connection.received(packet)
        else { return }
        keep(PacketEncoder().acknowledgement(id, arguments, namespace: "/"))
    }

    private static let acknowledgementTable = Benchmark("packet.acknowledgementTable") {
        var table = AcknowledgementTable<Int>()
        for entry in 0..<10 { _ = table.add(entry) }
        return table
    } operation: { (table: inout AcknowledgementTable<Int>) in
        guard let id = table.add(1) else { return }
        keep(table.remove(id))
    }

    private static func decoding(_ name: String, _ text: String) -> Benchmark {
        decoding(name, .text(ByteBuffer(string: text)))
    }

    private static func decoding(_ name: String, _ message: Message, format: PacketFormat = .json) -> Benchmark {
        Benchmark("packet.decode.\(name)", state: { PacketDecoder(format: format) }) { decoder in
            keep(try? decoder.received(message))
        }
    }

    private static func decoding(_ name: String, _ bytes: ByteBuffer) -> Benchmark {
        decoding(name, .binary(bytes), format: .messagePack)
    }

    private static func encoding(_ name: String, _ arguments: Arguments, format: PacketFormat = .json) -> Benchmark {
        Benchmark("packet.encode.\(name)") {
            let encoder = PacketEncoder(format: format)
            let event: EventName = "message"
            return { keep(encoder.event(event, arguments, namespace: "/")) }
        }
    }

    /// The bytes of an event as a client would send it.
    private static func event(_ name: EventName, _ arguments: Arguments, format: PacketFormat) -> ByteBuffer {
        let message = PacketEncoder(format: format).event(name, arguments, namespace: "/")
        var frame = message.frames
        // Behind the header of an unmasked frame that is shorter than 126 bytes.
        frame.moveReaderIndex(forwardBy: 2)
        return frame
    }
}
