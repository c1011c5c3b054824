import SocketIO
import Testing

@testable import Support

@Suite("What mensaje_privado may say")
struct PrivateMessageTests {
    private func read(_ value: Value?, limit: Int = 20) -> PrivateMessage? {
        try? PrivateMessage(value.map { [$0] } ?? [], limit: limit)
    }

    @Test("recipient without blanks around it, text as it is, client id if there is one")
    func valid() throws {
        let message = try #require(read(["para": "  ana ", "mensaje": " <b>'\"%\\ 😀\n\t", "de": "eva"]))
        #expect(message.recipient == "ana")
        #expect(message.text == " <b>'\"%\\ 😀\n\t")
        #expect(message.clientID == nil)
        #expect(read(["para": "ana", "mensaje": "x", "idCliente": "c-1"])?.clientID == "c-1")
        #expect(read(["para": "ana", "mensaje": "x", "idCliente": nil]) != nil)
    }

    @Test("control characters go, but line breaks and tabs")
    func controls() {
        #expect(read(["para": "ana", "mensaje": "a\u{0}b\u{1B}c\u{7F}\u{85}\r\nd\te"])?.text == "abc\r\nd\te")
        #expect(read(["para": "ana", "mensaje": "\u{0}\u{1}"]) == nil)
    }

    @Test(
        "Item 143: anything else is refused",
        arguments: [
            nil, .null, 7, "text", true, ["para", "mensaje"], [:], ["para": "ana"], ["mensaje": "x"],
            ["para": "", "mensaje": "x"], ["para": "  ", "mensaje": "x"], ["para": 7, "mensaje": "x"],
            ["para": ["ana"], "mensaje": "x"], ["para": ["$ne": ""], "mensaje": "x"], ["para": "ana", "mensaje": ""],
            ["para": "ana", "mensaje": " \n\t"], ["para": "ana", "mensaje": 7], ["para": "ana", "mensaje": ["x"]],
            ["para": "ana", "mensaje": ["a": "x"]], ["para": "a\u{0}na", "mensaje": "x"],
            ["para": "ana", "mensaje": .string(String(repeating: "x", count: 21))],
            ["para": .string(String(repeating: "x", count: 51)), "mensaje": "x"],
            ["para": "ana", "mensaje": "x", "idCliente": 7], ["para": "ana", "mensaje": "x", "idCliente": ""],
            ["para": "ana", "mensaje": "x", "idCliente": .string(String(repeating: "x", count: 65))],
        ] as [Value?])
    func invalid(value: Value?) {
        #expect(read(value) == nil)
    }

    @Test("a text within the limit may still be too long for the column")
    func bytes() {
        #expect(read(["para": "ana", "mensaje": .string(String(repeating: "€", count: 21_845))], limit: 60_000) != nil)
        #expect(read(["para": "ana", "mensaje": .string(String(repeating: "€", count: 21_846))], limit: 60_000) == nil)
    }
}
