import Cluster
import SocketIO
import Synchronization

/// Requests of this node that wait for answers, by request id.
final class PendingRequests: Sendable {
    /// What concerns a request that waits.
    enum Event: Sendable {
        case answer(NodeAnswer, from: NodeTag?)
        case lost(NodeTag)
    }

    private let receivers = Mutex<[String: @Sendable (Event) -> Void]>([:])
    private let limit: Int

    /// - Parameters:
    ///   - limit: how many may wait at the same time.
    ///   - members: tell when a node is gone.
    init(limit: Int, members: (any ClusterMembers)? = nil) {
        self.limit = limit
        members?.onNodeLost { [weak self] tag in self?.lost(tag) }
    }

    /// An answer came; one that nobody waits for is ignored.
    /// - Parameters:
    ///   - answer: what was answered.
    ///   - requestID: of the request.
    ///   - tag: the signature of the node, if it is a member.
    func received(_ answer: NodeAnswer, to requestID: String, from tag: NodeTag?) {
        receivers.withLock { $0[requestID] }?(.answer(answer, from: tag))
    }

    /// A node is gone: nobody waits for it any longer.
    private func lost(_ tag: NodeTag) {
        let all = receivers.withLock { Array($0.values) }
        for receive in all { receive(.lost(tag)) }
    }

    /// Whether a request is one of ours.
    func contains(_ requestID: String) -> Bool {
        receivers.withLock { $0[requestID] != nil }
    }

    /// Collects answers until they are complete or the time is over.
    /// - Parameters:
    ///   - requestID: of the request.
    ///   - collection: what is filled; returned as it is then, those who did not answer given up.
    ///   - timeout: how long to wait at most.
    ///   - ask: publishes the request; called when answers can be received, and not if nobody is to be waited for.
    /// - Returns: the collection.
    func collect<Collection: Collecting>(
        _ requestID: String, into collection: Collection, timeout: Duration, ask: () -> Void
    ) async -> Collection {
        guard !collection.isComplete else { return collection }
        let (completion, complete) = AsyncStream.makeStream(of: Never.self)
        let collected = Guarded(collection)
        guard register(requestID, collected, complete: { complete.finish() }) else {
            return collected.givenUp(.tooManyQuestions)
        }
        ask()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in completion {} }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        receivers.withLock { $0[requestID] = nil }
        return collected.givenUp(.timedOut)
    }

    /// - Returns: whether there was room.
    private func register<Collection: Collecting>(
        _ requestID: String, _ collected: Guarded<Collection>, complete: @escaping @Sendable () -> Void
    ) -> Bool {
        receivers.withLock { receivers in
            guard receivers.count < limit else { return false }
            receivers[requestID] = { event in
                let isDone = collected.value.withLock { value in
                    switch event {
                    case .answer(let answer, let tag): value.received(answer, from: tag)
                    case .lost(let tag): value.lost(tag)
                    }
                    return value.isComplete
                }
                if isDone { complete() }
            }
            return true
        }
    }

    /// A collection that the receiving thread and the waiting task share.
    private final class Guarded<Value: Collecting>: Sendable {
        let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }

        /// As it is now, without those who have not answered.
        func givenUp(_ reason: SilentNode.Reason) -> Value {
            value.withLock { value in
                value.giveUp(reason)
                return value
            }
        }
    }
}
