import SocketIO
import Testing

@testable import Meet

@Suite("Where a token is looked for (A.2.2)")
struct PresentedTokenTests {
    @Test(
        "auth.token counts, and only if it is falsy the header",
        arguments: [
            ([:], nil, .absent),
            (.null, nil, .absent),
            ("text", nil, .absent),
            (["token": ""], nil, .absent),
            (["token": nil], "", .absent),
            (["token": "a"], nil, .token("a")),
            (["token": "a"], "b", .token("a")),
            (["token": ""], "b", .token("b")),
            (["token": nil], "Bearer b", .token("b")),
            (["token": false], "b", .token("b")),
            (["token": 0], "b", .token("b")),
            ([:], "b", .token("b")),
        ] as [(Value, String?, PresentedToken)])
    func lookup(auth: Value, header: String?, expected: PresentedToken) {
        #expect(PresentedToken(auth: auth, header: header) == expected)
    }

    @Test(
        "one leading 'Bearer ' is removed, exactly so",
        arguments: [
            ("Bearer a", "a"), ("bearer a", "bearer a"), ("Bearer  a", " a"), ("Bearer ", ""), ("Bearera", "Bearera"),
            ("Bearer Bearer a", "Bearer a"), (" Bearer a", " Bearer a"),
        ])
    func bearer(text: String, token: String) {
        #expect(PresentedToken(auth: ["token": .string(text)], header: nil) == .token(token))
    }

    @Test(
        "what is no string cannot be a token, and a good header does not help",
        arguments: [
            42, 1.5, true, ["x"], ["token": "x"],
        ] as [Value])
    func otherTypes(value: Value) {
        #expect(PresentedToken(auth: ["token": value], header: "good") == .unusable)
    }

    @Test("a token of more than 8 KiB is not looked at")
    func size() {
        let limit = PresentedToken.sizeLimit
        let longest = String(repeating: "x", count: limit)
        #expect(PresentedToken(auth: ["token": .string(longest)], header: nil) == .token(longest))
        #expect(PresentedToken(auth: ["token": .string(longest + "x")], header: nil) == .unusable)
    }
}
