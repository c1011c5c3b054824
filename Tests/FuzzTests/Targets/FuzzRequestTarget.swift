import EngineIO
import NIOCore
import Routing

/// Reads a request's target, as gateway and node do: where it names one session in plain characters, both find the same.
func fuzzRequestTarget(_ input: ByteBuffer) throws {
    let target = String(buffer: input)
    let query = QueryString(target: target)
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.utf8.endIndex
    let items = Array(target.utf8[mark...].dropFirst()).withUnsafeBytes { QueryString.ProtocolItems($0) }
    for method in ["GET", "POST", "OPTIONS"] {
        let purpose = try? RequestPurpose(
            method: method, items: items, isWebSocket: input.readableBytes % 2 == 0, transports: [.polling, .websocket])
        let kind = RequestKind(method: method, target: target)
        guard let purpose, query.items.count(where: { $0.name == "sid" }) <= 1, !target.contains(where: isEscape) else {
            continue
        }
        switch purpose {
        case .open: try check(kind == .handshake, "the gateway knows a handshake")
        case .poll(let sessionID), .post(let sessionID), .upgrade(let sessionID):
            guard case .session(let found) = kind else {
                throw BrokenProperty(description: "the gateway knows a request of a session")
            }
            try check(SessionID(found) == sessionID, "the gateway finds the node's session")
        }
    }
    let rewritten = "/?" + query.items.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    let again = QueryString(target: rewritten).items
    try check(
        again.elementsEqual(query.items, by: { $0.name == $1.name && $0.value == $1.value }),
        "a query survives escaping")
}

private func isEscape(_ character: Character) -> Bool { character == "%" || character == "+" }

private func escaped(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
