/// Those who wait in one pool: who wants video, and the others.
struct Pool: Sendable {
    var video = WaitingQueue()
    var text = WaitingQueue()

    var isEmpty: Bool { video.isEmpty && text.isEmpty }

    mutating func insert(_ participant: String, at place: Int64, wantsVideo: Bool) {
        if wantsVideo { video.insert(participant, at: place) } else { text.insert(participant, at: place) }
    }

    mutating func remove(at place: Int64, wantsVideo: Bool) {
        if wantsVideo { video.remove(at: place) } else { text.remove(at: place) }
    }
}
