/// What server and client have agreed on for one connection with `permessage-deflate`. Source: RFC 7692, section 7.1.
package struct DeflateAgreement: Equatable, Sendable {
    /// Whether messages of the server refer to earlier ones.
    package var serverContextTakeover: Bool
    /// Whether messages of the client may refer to earlier ones.
    package var clientContextTakeover: Bool
    /// Window of what the server sends, 9 to 15 bits.
    package var serverWindowBits: Int
    /// Largest window of what the client sends, 8 to 15 bits.
    package var clientWindowBits: Int
    /// Whether the client asked for a window, and waits for the answer.
    var namesServerWindow: Bool

    /// Accepts the first acceptable offer; the result is `nil` if there is none.
    ///
    /// Offers that are malformed, or ask for what the settings do not allow, are declined: if there is no other, the
    /// connection does not compress.
    /// - Parameters:
    ///   - header: the client's `Sec-WebSocket-Extensions`; of several header lines, the values with commas between.
    ///   - settings: what the server allows.
    package init?(accepting header: String, _ settings: PerMessageDeflate) {
        for offer in WebSocketExtension.offers(header) where offer.name == Self.name {
            guard let offer = DeflateOffer(offer), let agreement = Self(offer, settings) else { continue }
            self = agreement
            return
        }
        return nil
    }

    private init?(_ offer: DeflateOffer, _ settings: PerMessageDeflate) {
        // There is no compressor for 256 bytes. And a client that cannot limit its window uses up to 15 bits.
        guard offer.serverWindowBits != 8, offer.limitsClientWindow || settings.clientWindowBits == 15 else {
            return nil
        }
        serverContextTakeover = settings.serverContextTakeover && !offer.serverNoContextTakeover
        clientContextTakeover = settings.clientContextTakeover && !offer.clientNoContextTakeover
        serverWindowBits = min(settings.serverWindowBits, offer.serverWindowBits ?? 15)
        clientWindowBits = min(settings.clientWindowBits, offer.clientWindowBits ?? 15)
        namesServerWindow = offer.serverWindowBits != nil
    }

    /// The value of `Sec-WebSocket-Extensions` in the response.
    package var response: String {
        var response = Self.name
        if !serverContextTakeover { response += "; server_no_context_takeover" }
        if !clientContextTakeover { response += "; client_no_context_takeover" }
        if serverWindowBits < 15 || namesServerWindow { response += "; server_max_window_bits=\(serverWindowBits)" }
        if clientWindowBits < 15 { response += "; client_max_window_bits=\(clientWindowBits)" }
        return response
    }

    private static let name = "permessage-deflate"
}

/// The parameters of one offer.
private struct DeflateOffer {
    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    var serverWindowBits: Int?
    var clientWindowBits: Int?
    /// Whether the client can limit its window.
    var limitsClientWindow = false

    /// Reads an offer; the result is `nil` if a parameter is unknown, comes twice or has a wrong value.
    init?(_ offer: WebSocketExtension) {
        var names: Set<String> = []
        for parameter in offer.parameters {
            guard names.insert(parameter.name).inserted else { return nil }
            switch (parameter.name, parameter.value) {
            case ("server_no_context_takeover", nil): serverNoContextTakeover = true
            case ("client_no_context_takeover", nil): clientNoContextTakeover = true
            case ("client_max_window_bits", nil): limitsClientWindow = true
            case ("client_max_window_bits", let value?):
                guard let bits = Self.windowBits(value) else { return nil }
                limitsClientWindow = true
                clientWindowBits = bits
            case ("server_max_window_bits", let value?):
                guard let bits = Self.windowBits(value) else { return nil }
                serverWindowBits = bits
            default: return nil
            }
        }
    }

    /// Decimal, without leading zeros (section 7.1.2).
    private static func windowBits(_ text: String) -> Int? {
        (8...15).first { String($0) == text }
    }
}
