import Testing

@testable import HTTPCodec

@Suite("Line scanner")
struct LineScannerTests {
    /// Every byte at every place of a window of some words.
    static let places = [0, 1, 6, 7, 8, 9, 15, 16, 19]

    @Test("a token ends at the first byte that may not stand in one, wherever that is", arguments: places)
    func tokens(place: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = Array("Content-Type-x-Length-z".utf8)
            bytes[place] = byte
            bytes.withUnsafeBytes { bytes in
                var line = LineScanner(bytes, from: 0, limit: bytes.count)
                line.skipToken()
                #expect(line.position == (LineScanner.isToken(byte) ? bytes.count : place))
            }
        }
    }

    @Test("a field of another name is not taken for the one that is asked for", arguments: places)
    func names(place: Int) throws {
        let name = "sec-websocket-extensions"
        for byte in UInt8.min...UInt8.max where LineScanner.isToken(byte) {
            var bytes = Array(name.utf8)
            let isSame = bytes[place] == byte | 0x20 && LineScanner.isToken(byte | 0x20)
            bytes[place] = byte
            let head = try head("GET / HTTP/1.1\r\nHost: a\r\n\(String(decoding: bytes, as: UTF8.self)): b\r\n\r\n")
            #expect(head.hasField("sec-websocket-extensions") == isSame)
        }
    }
}
