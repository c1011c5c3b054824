/// The states of the links of a client, and the worst of them for those who ask.
final class LinkStates {
    private var links: [ClientCore.Link: RedisState]
    private var observers: [(RedisState) -> Void] = []
    private var told = RedisState.disconnected

    /// - Parameter needed: without these the client is disconnected from the beginning.
    init(_ needed: [ClientCore.Link]) {
        links = Dictionary(uniqueKeysWithValues: needed.map { ($0, .disconnected) })
    }

    /// A link has changed. One that is not known yet counts from its first connection on.
    func set(_ link: ClientCore.Link, _ state: RedisState) {
        guard state == .connected || links[link] != nil else { return }
        links[link] = state
        tell()
    }

    /// A link is needed, although it was never connected.
    func need(_ link: ClientCore.Link) {
        if links[link] == nil { links[link] = .disconnected }
        tell()
    }

    /// A link is not needed any more.
    func remove(_ link: ClientCore.Link) {
        links[link] = nil
        tell()
    }

    /// Adds an observer and tells it the present state.
    func observe(_ observer: @escaping (RedisState) -> Void) {
        observers.append(observer)
        observer(told)
    }

    private func tell() {
        let state = links.values.min() ?? .disconnected
        guard state != told else { return }
        told = state
        for observer in observers { observer(state) }
    }
}
