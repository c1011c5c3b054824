import Figures
import Foundation
import Support
import Testing

extension StoreCheck {
    static let appending = [
        StoreCheck("138, 155: what is stored is read on every node at once, with the names as registered") { shared in
            try await shared.addPeople()
            let before = try await shared.send("bea", "ADMIN", "first")
            let stored = try await shared.one.append(MessageDraft(from: "ANA", to: "Admin", text: "hola"))
            #expect(stored.isNew)
            let message = stored.message
            #expect(message.sender == "Ana" && message.recipient == "admin" && message.text == "hola")
            #expect(message.id > before.id && message.milliseconds >= before.milliseconds)
            #expect(abs(message.milliseconds - milliseconds()) < 60_000, "the store's clock")
            for name in ["ana", "Ana"] {
                #expect(try await shared.two.messages(of: name, HistoryPage(limit: 10)) == [message])
            }
        },
        StoreCheck("141: nothing is stored for or from an account that there is not") { shared in
            try await shared.addPeople()
            for (sender, recipient) in [("Ana", "nadie"), ("nadie", "Ana"), ("Ana", ""), ("Ana", "admin\u{0}x")] {
                await #expect(throws: StoreError.unknownAccount) {
                    try await shared.one.append(MessageDraft(from: sender, to: recipient, text: "x"))
                }
            }
            #expect(try await shared.two.messages(of: "Ana", HistoryPage(limit: 10)) == [])
        },
        StoreCheck("144, 145: every character is stored and comes back") { shared in
            try await shared.addPeople()
            let texts = [
                "'\"\\`%_;--/* */", "'); DROP TABLE mensajes; --", "${x} :name ?1 @var #", "<b onload='x'>&amp;</b>",
                "😀👩‍👩‍👧‍👦𝔘", "e\u{301} é ñ Ñ", "\u{0}", "before\u{0}after", "  blanks  ", "line\r\nbreaks\t\n", "שלום مرحبا",
                "\u{FEFF}\u{FFFD}\u{10FFFF}", "", String(repeating: "x", count: 65_535),
                String(repeating: "ñ", count: 5_000),
            ]
            for text in texts { try await shared.send("Ana", "admin", text) }
            let found = try await shared.two.messages(of: "Ana", HistoryPage(limit: 100)).map(\.text)
            #expect(found.count == texts.count)
            for (found, sent) in zip(found, texts) {
                #expect(found.utf8.elementsEqual(sent.utf8), "\(sent.prefix(40).debugDescription)")
            }
        },
        StoreCheck("calls are counted, also those that fail") { shared in
            try await shared.addPeople()
            try await shared.one.check()
            let before = shared.one.metrics
            try await shared.send("Ana", "admin", "x")
            await shared.one.close()
            await #expect(throws: StoreError.unavailable) { try await shared.one.check() }
            let after = shared.one.metrics
            #expect(after.calls == before.calls + 2 && after.failures == before.failures + 1)
            #expect(after.times.count > before.times.count && after.underWay == 0)
            #expect(before.isAvailable && !after.isAvailable)
            try await shared.two.check()
        },
    ]
}

/// The time of this machine, in milliseconds since 1970-01-01 UTC.
private func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
