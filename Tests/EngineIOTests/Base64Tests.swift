import NIOCore
import Testing

@testable import EngineIO

@Suite("Base 64")
struct Base64Tests {
    func encoded(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer()
        Base64.encode(bytes, into: &buffer)
        return String(buffer: buffer)
    }

    @Test(
        "encodes and decodes the vectors of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, text: String) {
        #expect(encoded(Array(plain.utf8)) == text)
        #expect(Base64.decode(ByteBuffer(string: text)) == ByteBuffer(string: plain))
    }

    @Test("brings every byte back")
    func everyByte() {
        for length in 0..<300 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
            #expect(Base64.decode(ByteBuffer(string: encoded(bytes))) == ByteBuffer(bytes: bytes))
        }
    }

    @Test(
        "refuses malformed text",
        arguments: [
            "Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9=v", "Zh==", "Zm9=", "Zm-_", "Zm9v\n", "=m9v", "Zg==Zg==",
        ])
    func malformed(text: String) {
        #expect(Base64.decode(ByteBuffer(string: text)) == nil)
    }
}
