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
        String(buffer: payload).split(separator: "\n" as Character).compactMap { MatchNotice($0) }
    }

    /// Reads a line.
    init?(_ line: Substring) {
        let words = line.split(separator: " " as Character).map(String.init)
        switch (words.first, words.count) {
        case ("waiting", 3):
            guard let place = Int64(words[2]) else { return nil }
            self = .waiting(participant: words[1], place: place)
        case ("start", 5):
            guard let pair = Int64(words[3]) else { return nil }
            self = .start(participant: words[1], partner: words[2], pair: pair, withVideo: words[4] == "1")
        case ("left", 4):
            guard let pair = Int64(words[3]) else { return nil }
            self = .left(participant: words[1], partner: words[2], pair: pair)
        case ("reply", 4...5):
            guard let number = UInt64(words[1]), let reply = Self.reply(words[3...]) else { return nil }
            self = .reply(number: number, participant: words[2], reply)
        case ("again", 2):
            guard let delay = Int64(words[1]) else { return nil }
            self = .again(.microseconds(delay))
        case ("presence", 5):
            guard let pair = Int64(words[3]), let presence = Presence(rawValue: words[4]) else { return nil }
            self = .presence(participant: words[1], partner: words[2], pair: pair, presence)
        case ("resumed", 2): self = .resumed(participant: words[1], nil)
        case ("resumed", 5...8):
            guard let state = StoredState(words[4...]), words[3].first == "=" else { return nil }
            let (wantsVideo, pool) = (words[2] == "1", String(words[3].dropFirst()))
            self = .resumed(participant: words[1], Resumption(state: state, wantsVideo: wantsVideo, pool: pool))
        case ("adopted", 2): self = .adopted(participant: words[1])
        case ("state", 3...6):
            guard let state = StoredState(words[2...]) else { return nil }
            self = .state(participant: words[1], state)
        case ("snapshot", 2):
            guard let number = UInt64(words[1]) else { return nil }
            self = .snapshot(number: number)
        default: return nil
        }
    }

    private static func reply(_ words: ArraySlice<String>) -> MatchReply? {
        switch (words.first, words.last) {
        case ("idle", _): .idle
        case ("waiting", _): .waiting
        case ("chatting", let pair?) where words.count == 2: .chatting(pairID: pair)
        default: nil
        }
    }
}

extension MatchNotice.StoredState {
    fileprivate init?(_ words: ArraySlice<String>) {
        let words = Array(words)
        switch (words[0], words.count) {
        case ("idle", 1): self = .idle
        case ("away", 1): self = .away
        case ("waiting", 2):
            guard let place = Int64(words[1]) else { return nil }
            self = .waiting(place: place)
        case ("chatting", 4):
            guard let pair = Int64(words[1]) else { return nil }
            self = .chatting(pair: pair, partner: words[2], withVideo: words[3] == "1")
        default: return nil
        }
    }
}
