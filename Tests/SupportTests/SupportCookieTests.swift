import Testing

@testable import Support

@Suite("The cookie of the support chat")
struct SupportCookieTests {
    @Test(
        "Items 112 and 114 to 116: the value is that of the first pair with exactly this name",
        arguments: [
            ("token=abc", "abc"), ("csrftoken=zzz; token=abc", "abc"), ("token=abc; csrftoken=zzz", "abc"),
            ("a=b;   token=abc  ;c=d", "abc"), ("a=b;token\t= abc", "abc"), ("token=\"abc\"", "abc"),
            ("token=a%2Eb", "a.b"), ("token=%C3%A1", "á"), ("token=100%", "100%"), ("token=%zz", "%zz"),
            ("token=%FF", "%FF"), ("token=first; token=second", "first"), ("token=a=b=c", "a=b=c"),
            ("token; token=abc", "abc"), ("=x; token=abc", "abc"), ("token=\"", "\""), ("token=\"\"x", "\"\"x"),
            ("xtoken=abc", nil), ("Token=abc", nil), ("tokenx=abc", nil), ("token=", nil), ("token=; token=abc", nil),
            ("token=\"\"", nil), ("a=token=abc", nil), ("", nil), (";;;", nil), ("token", nil),
        ] as [(String, String?)])
    func value(header: String, expected: String?) {
        #expect(SupportCookie().value(in: header) == expected)
    }

    @Test("the name can be another")
    func name() {
        let cookie = SupportCookie(name: "login", isSecure: false)
        #expect(cookie.value(in: "token=a; login=b") == "b")
        #expect(SupportCookie.isName("token") && SupportCookie.isName("__Host-token"))
        for name in ["", "to ken", "a=b", "a;b", "é", String(repeating: "x", count: 65)] {
            #expect(!SupportCookie.isName(name), "\(name)")
        }
    }

    @Test("it is set and taken away with the same attributes")
    func setting() {
        #expect(
            SupportCookie().setting("abc", lifetime: .seconds(3_600))
                == "token=abc; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure")
        let local = SupportCookie(isSecure: false)
        #expect(local.clearing == "token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
    }
}
