import Deflate
import EngineIO
import NIOCore

/// Restores compressed messages: the input up to a byte FE is an offer of extensions, each part behind it a message.
///
/// Nothing longer than the limit comes out, and what is compressed by us comes out as it was.
func fuzzDeflate(_ input: ByteBuffer) throws {
    let limit = 1 << 14
    let parts = input.split(separator: 0xFE)
    var settings = PerMessageDeflate()
    settings.serverContextTakeover = true
    let agreement = try agree(String(buffer: parts[0]), settings)
    guard let inflater = Inflater(windowBits: agreement?.clientWindowBits ?? 15),
        let restorer = Inflater(windowBits: agreement?.serverWindowBits ?? 15),
        let deflater = Deflater(.raw(windowBits: agreement?.serverWindowBits ?? 15), level: 6)
    else { throw BrokenProperty(description: "there is memory") }
    for message in parts.dropFirst() {
        if let restored = try? inflater.inflate(message: message, limit: limit) {
            try check(restored.readableBytes <= limit, "nothing longer than the limit comes out")
        } else {
            inflater.reset()
        }
        var deflated = ByteBuffer()
        deflater.deflate(message: message, to: &deflated)
        let restored = try restorer.inflate(message: deflated, limit: message.readableBytes)
        try check(restored == message, "what is compressed can be restored")
        if agreement?.serverContextTakeover != true { deflater.reset() }
    }
}

/// What is agreed on for an offer; the answer is an offer that is accepted with the same outcome.
private func agree(_ offer: String, _ settings: PerMessageDeflate) throws -> DeflateAgreement? {
    guard let agreement = DeflateAgreement(accepting: offer, settings) else { return nil }
    let again = DeflateAgreement(accepting: agreement.response, settings)
    try check(
        again?.serverContextTakeover == agreement.serverContextTakeover
            && again?.clientContextTakeover == agreement.clientContextTakeover
            && again?.serverWindowBits == agreement.serverWindowBits
            && again?.clientWindowBits == agreement.clientWindowBits,
        "the answer says what was agreed on")
    return agreement
}
