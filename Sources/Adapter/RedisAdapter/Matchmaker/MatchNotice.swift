import Matchmaking
import NIOCore

/// One line of a publication to a node's inbox: words with a blank between, written by ``MatchScript``.
enum MatchNotice: Equatable {
    /// `waiting <participant> <place>`
    case waiting(participant: String, place: Int64)
    /// `start <participant> <partner> <pair> 0|1`
    case start(participant: String, partner: String, pair: Int64, withVideo: Bool)
    /// `left <participant> <partner> <pair>`
    case left(participant: String, partner: String, pair: Int64)
    /// `reply <number> <participant> idle|waiting|chatting [<pair>]`: an operation of this node was carried out.
    case reply(number: UInt64, participant: String, MatchReply)
    /// `again <microseconds>`: a tick may pair somebody in so long.
    case again(Duration)
    /// `presence <participant> <partner> <pair> here|away|lost`
    case presence(participant: String, partner: String, pair: Int64, Presence)
    /// `resumed <participant> 0|1 =<pool>` and the state as in `state`, or, if it is not known, `resumed <participant>`.
    case resumed(participant: String, Resumption?)
    /// `adopted <participant>`: it came back on another node.
    case adopted(participant: String)
    /// `state <participant> idle`, `… away`, `… waiting <place>`, `… chatting <pair> <partner> 0|1`: part of a snapshot.
    case state(participant: String, StoredState)
    /// `snapshot <number>`: the snapshot is complete.
    case snapshot(number: UInt64)

    /// What the store has of a participant.
    enum StoredState: Equatable {
        case idle
        /// It lost its connection, and may come back.
        case away
        case waiting(place: Int64)
        case chatting(pair: Int64, partner: String, withVideo: Bool)
    }

    /// A participant that is back.
    struct Resumption: Equatable {
        /// Its state when it went away.
        var state: StoredState
        var wantsVideo: Bool
        var pool: String
    }

    /// Reads a publication; lines of another form are left out.
    static func lines(_ payload: ByteBuffer) -> [MatchNotice] {
        let bytes = payload.readableBytesSpan
        var notices: [MatchNotice] = []
        var position = 0
        while position < bytes.byteCount {
            let line = NoticeLine(bytes, at: &position)
            if let notice = MatchNotice(line, bytes) { notices.append(notice) }
        }
        return notices
    }

    private init?(_ line: NoticeLine, _ bytes: RawSpan) {
        switch line.count {
        case 2: self.init(twoWords: line, bytes)
        case 3 where line.has("waiting", at: 0, bytes):
            guard let place = line.integer(at: 2, bytes) else { return nil }
            self = .waiting(participant: line.text(at: 1, bytes), place: place)
        case 4 where line.has("left", at: 0, bytes):
            guard let pair = line.integer(at: 3, bytes) else { return nil }
            self = .left(participant: line.text(at: 1, bytes), partner: line.text(at: 2, bytes), pair: pair)
        case 4...5 where line.has("reply", at: 0, bytes):
            guard let number = line.integer(at: 1, bytes).flatMap({ UInt64(exactly: $0) }),
                let reply = Self.reply(line, bytes)
            else { return nil }
            self = .reply(number: number, participant: line.text(at: 2, bytes), reply)
        case 5 where line.has("start", at: 0, bytes):
            guard let pair = line.integer(at: 3, bytes) else { return nil }
            self = .start(
                participant: line.text(at: 1, bytes), partner: line.text(at: 2, bytes), pair: pair,
                withVideo: line.has("1", at: 4, bytes))
        default: self.init(rareLine: line, bytes)
        }
    }

    private init?(twoWords line: NoticeLine, _ bytes: RawSpan) {
        if line.has("again", at: 0, bytes), let delay = line.integer(at: 1, bytes) {
            self = .again(.microseconds(delay))
        } else if line.has("resumed", at: 0, bytes) {
            self = .resumed(participant: line.text(at: 1, bytes), nil)
        } else if line.has("adopted", at: 0, bytes) {
            self = .adopted(participant: line.text(at: 1, bytes))
        } else if line.has("snapshot", at: 0, bytes), let number = line.integer(at: 1, bytes) {
            guard let number = UInt64(exactly: number) else { return nil }
            self = .snapshot(number: number)
        } else {
            return nil
        }
    }

    private init?(rareLine line: NoticeLine, _ bytes: RawSpan) {
        switch line.count {
        case 5 where line.has("presence", at: 0, bytes):
            guard let pair = line.integer(at: 3, bytes), let presence = Presence(rawValue: line.text(at: 4, bytes))
            else { return nil }
            self = .presence(
                participant: line.text(at: 1, bytes), partner: line.text(at: 2, bytes), pair: pair, presence)
        case 5...8 where line.has("resumed", at: 0, bytes):
            let pool = line.text(at: 3, bytes)
            guard let state = StoredState(line, from: 4, bytes), pool.utf8.first == UInt8(ascii: "=")
            else { return nil }
            let resumption = Resumption(
                state: state, wantsVideo: line.has("1", at: 2, bytes), pool: String(pool.dropFirst()))
            self = .resumed(participant: line.text(at: 1, bytes), resumption)
        case 3...6 where line.has("state", at: 0, bytes):
            guard let state = StoredState(line, from: 2, bytes) else { return nil }
            self = .state(participant: line.text(at: 1, bytes), state)
        default: return nil
        }
    }

    private static func reply(_ line: NoticeLine, _ bytes: RawSpan) -> MatchReply? {
        if line.has("idle", at: 3, bytes) { return .idle }
        if line.has("waiting", at: 3, bytes) { return .waiting }
        guard line.has("chatting", at: 3, bytes), line.count == 5 else { return nil }
        return .chatting(pairID: line.text(at: 4, bytes))
    }
}

extension MatchNotice.StoredState {
    /// Reads the words from one on.
    fileprivate init?(_ line: NoticeLine, from start: Int, _ bytes: RawSpan) {
        switch line.count - start {
        case 1 where line.has("idle", at: start, bytes): self = .idle
        case 1 where line.has("away", at: start, bytes): self = .away
        case 2 where line.has("waiting", at: start, bytes):
            guard let place = line.integer(at: start + 1, bytes) else { return nil }
            self = .waiting(place: place)
        case 4 where line.has("chatting", at: start, bytes):
            guard let pair = line.integer(at: start + 1, bytes) else { return nil }
            self = .chatting(
                pair: pair, partner: line.text(at: start + 2, bytes), withVideo: line.has("1", at: start + 3, bytes))
        default: return nil
        }
    }
}
