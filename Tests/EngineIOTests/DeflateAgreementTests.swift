import Testing

@testable import EngineIO

@Suite("Agreement on permessage-deflate")
struct DeflateAgreementTests {
    func response(_ offers: String, _ configure: (inout PerMessageDeflate) -> Void = { _ in }) -> String? {
        var settings = PerMessageDeflate()
        configure(&settings)
        return DeflateAgreement(accepting: offers, settings)?.response
    }

    static let noContext = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(
        "accepts what clients offer, without context takeover by default",
        arguments: [
            ("permessage-deflate", noContext),
            // Browsers.
            ("permessage-deflate; client_max_window_bits", noContext),
            ("permessage-deflate;client_max_window_bits=15", noContext),
            ("permessage-deflate; client_max_window_bits=\"10\"", noContext + "; client_max_window_bits=10"),
            ("permessage-deflate; client_max_window_bits=8", noContext + "; client_max_window_bits=8"),
            ("permessage-deflate; server_max_window_bits=15", noContext + "; server_max_window_bits=15"),
            ("permessage-deflate;\tserver_max_window_bits = 9", noContext + "; server_max_window_bits=9"),
            ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", noContext),
        ])
    func accepted(offer: String, expected: String) {
        #expect(response(offer) == expected)
    }

    @Test(
        "declines what is malformed or cannot be had",
        arguments: [
            "", ",", "permessage-bzip2", "x-webkit-deflate-frame", "permessage-deflate; unknown",
            "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7",
            // Allowed by the specification, but zlib has no such window.
            "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=09",
            "permessage-deflate; server_max_window_bits=", "permessage-deflate; server_max_window_bits=\"\"",
            "permessage-deflate; client_max_window_bits=16", "permessage-deflate; client_max_window_bits=+9",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
            "permessage-deflate;", "permessage deflate", "permessage-deflate; =9", "permessage-deflate; ä",
        ])
    func declined(offer: String) {
        #expect(response(offer) == nil)
    }

    @Test("takes the first acceptable of several offers")
    func several() {
        let offers = """
            permessage-deflate; server_max_window_bits=8, permessage-foo, permessage-deflate; server_max_window_bits=10, \
            permessage-deflate
            """
        #expect(response(offers) == Self.noContext + "; server_max_window_bits=10")
    }

    @Test("keeps the context where it is allowed and the client does not object")
    func contextTakeover() {
        func both(_ settings: inout PerMessageDeflate) {
            settings.serverContextTakeover = true
            settings.clientContextTakeover = true
        }
        #expect(response("permessage-deflate; client_max_window_bits", both) == "permessage-deflate")
        #expect(response(Self.noContext, both) == Self.noContext)
        let agreement = DeflateAgreement(
            accepting: "permessage-deflate; server_no_context_takeover",
            {
                var settings = PerMessageDeflate()
                both(&settings)
                return settings
            }())
        #expect(agreement?.serverContextTakeover == false)
        #expect(agreement?.clientContextTakeover == true)
    }

    @Test("limits windows, and declines clients that cannot limit theirs")
    func windows() {
        #expect(
            response("permessage-deflate; server_max_window_bits=12") { $0.serverWindowBits = 10 }
                == Self.noContext + "; server_max_window_bits=10")
        #expect(
            response("permessage-deflate") { $0.serverWindowBits = 10 }
                == Self.noContext + "; server_max_window_bits=10")
        #expect(
            response("permessage-deflate; client_max_window_bits") { $0.clientWindowBits = 11 }
                == Self.noContext + "; client_max_window_bits=11")
        #expect(
            response("permessage-deflate; client_max_window_bits=9") { $0.clientWindowBits = 11 }
                == Self.noContext + "; client_max_window_bits=9")
        #expect(response("permessage-deflate") { $0.clientWindowBits = 11 } == nil)
    }

    @Test("names settings that cannot be used")
    func problems() {
        func problem(_ configure: (inout PerMessageDeflate) -> Void) -> String? {
            var settings = PerMessageDeflate()
            configure(&settings)
            return settings.problem?.setting
        }
        #expect(problem { _ in } == nil)
        #expect(problem { $0.threshold = -1 } == "threshold")
        #expect(problem { $0.level = 0 } == "level")
        #expect(problem { $0.memoryLevel = 10 } == "memoryLevel")
        #expect(problem { $0.serverWindowBits = 8 } == "serverWindowBits")
        #expect(problem { $0.clientWindowBits = 16 } == "clientWindowBits")
    }
}
