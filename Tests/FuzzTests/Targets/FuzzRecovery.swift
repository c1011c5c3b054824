import Cluster
import NIOCore
import SocketIO

/// Reads what clients say and what other nodes have written so that sockets can be restored; what is accepted is written as
/// it was read.
func fuzzRecovery(_ input: ByteBuffer) throws {
    let text = String(buffer: input)
    if let id = EventID(text) { try check(id.description == text, "a name of an event stays the same") }
    if let offset = RecoveryOffset(text) { try check(offset.text == text, "an offset stays the same") }
    if let session = RecoverableSession(input, pid: "p") {
        let written = session.encoded
        try check(RecoverableSession(written, pid: "p")?.encoded == written, "a session stays the same")
    }
    try fuzzJournal(input)
}

/// Reads lines: `+<milliseconds> <head> <body>` is an entry of a journal, `?<offset>` a client that comes back, `-<milliseconds>`
/// the time until which entries are thrown away.
private func fuzzJournal(_ input: ByteBuffer) throws {
    var journal = SharedJournal(namespace: "/")
    for line in input.split(separator: UInt8(ascii: "\n")) {
        let words = line.readableBytesView.split(separator: UInt8(ascii: " "), maxSplits: 2).map(
            ByteBuffer.init(bytes:))
        guard let first = words.first.map(String.init(buffer:)) else { continue }
        switch first.first {
        case "+" where words.count >= 2:
            let head = String(buffer: words[1])
            let body = words.count == 3 ? words[2] : nil
            guard let time = UInt64(first.dropFirst()), let entry = JournalEntry(head: head, body: body, namespace: "/")
            else { continue }
            try check(entry.event == nil || entry.head == head, "the head of an entry stays the same")
            journal.append(entry, at: time)
        case "?":
            guard let offset = RecoveryOffset(String(first.dropFirst())) else { continue }
            for isPartial in [false, true] { try restore(from: journal, offset, isPartial: isPartial) }
        case "-":
            guard let time = UInt64(first.dropFirst()) else { continue }
            journal.removeAll(before: time)
        default: continue
        }
    }
}

/// Restores a client, and once more when it has received everything and then an event of the node that restored it.
private func restore(from journal: SharedJournal, _ offset: RecoveryOffset, isPartial: Bool) throws {
    let history = SharedJournal.History(now: offset.own.number, since: 0, dropped: 0, lifetime: 1_000_000)
    var session = RecoverableSession(id: "id", pid: "p", namespace: "/", rooms: ["id", "r"], data: [:], start: "")
    func missed(after offset: RecoveryOffset, _ received: ReceivedEvents) -> [EventID]? {
        journal.missed(after: offset, received, by: Set(session.rooms), history, isPartial: isPartial)?
            .compactMap(\.packet.options.flags.event)
    }
    var received = session.received(at: offset, since: 0)
    guard let first = missed(after: offset, received), let node = NodeTag("node_1") else { return }
    try check(!first.contains(where: received.contains), "what has been received is left out")
    for id in first { received.insert(id) }
    session.restored(by: node, received: received, after: offset)
    let later = RecoveryOffset(own: EventID(node: node, number: .max), position: offset.position)
    // Nothing comes after the largest number.
    guard !received.contains(later.own) else { return }
    let second = missed(after: later, session.received(at: later, since: 0))
    try check(second?.isEmpty ?? true, "nothing is repeated twice")
}
