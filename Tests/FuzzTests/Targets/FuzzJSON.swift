import NIOCore
import SocketIO

import enum EngineIO.Message

/// Decodes JSON. The scanner, which packets go through, and the reader accept the same texts; what is written reads back
/// as the same value, and as the same text; typed decoding takes it or refuses it.
func fuzzJSON(_ input: ByteBuffer) throws {
    let array = ByteBuffer(string: "[\"a\"," + String(buffer: input) + "]")
    var decoder = PacketDecoder()
    let packet = try? decoder.received(.text(ByteBuffer(string: "2" + String(buffer: array))))
    // One level more, because a packet's limit counts inside of an argument.
    let value = try? Value(json: array, depthLimit: 129)
    try check((packet != nil) == (value != nil), "scanner and reader accept the same texts")
    guard let value else { return }
    let written = json(value)
    guard let again = try? Value(json: written, depthLimit: 129) else {
        throw BrokenProperty(description: "what is written can be read")
    }
    try check(isSame(again, value), "what is written is the value that was read")
    try check(json(again) == written, "a value has one written form")
    try checkCoding(value)
}

/// Decodes a value to types of an application; what can be decoded can be encoded.
private func checkCoding(_ value: Value) throws {
    let same = try ValueDecoder(depthLimit: 256).decode(Value.self, from: value)
    try check(same == value, "a value decodes to itself")
    for element in value.array ?? [] {
        guard let sample = try? ValueDecoder().decode(Sample.self, from: element) else { continue }
        _ = try ValueEncoder().encode(sample)
    }
}

private func json(_ value: Value) -> ByteBuffer {
    var buffer = ByteBuffer()
    value.writeJSON(to: &buffer)
    return buffer
}

/// Whether JavaScript could not tell what was read from what was written: its numbers are all floating point, and those
/// that JSON does not have are written as `null`.
private func isSame(_ read: Value, _ written: Value) -> Bool {
    switch (read, written) {
    case (.null, .double(let number)): !number.isFinite
    case (.int, .int): read == written
    case (.int, .double), (.double, .int), (.double, .double): read.double == written.double
    case (.array(let read), .array(let written)):
        read.count == written.count && zip(read, written).allSatisfy(isSame)
    case (.object(let read), .object(let written)):
        read.members.map(\.key) == written.members.map(\.key)
            && zip(read.members, written.members).allSatisfy { isSame($0.value, $1.value) }
    default: read == written
    }
}

/// What an application may decode arguments to.
private struct Sample: Codable {
    var int: Int?
    var byte: UInt8?
    var small: Int16?
    var float: Float?
    var text: String?
    var bytes: ByteBuffer?
    var list: [Sample]?
    var table: [String: Value]?
    var either: Either?

    enum Either: Codable {
        case one(Int)
        case other(name: String)
    }
}
