import Cluster
import SocketIO
import Synchronization

/// Requests of this node that wait for answers, by request id.
final class PendingRequests: Sendable {
    private let receivers = Mutex<[String: @Sendable (ClassicResponse.Body) -> Void]>([:])
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// An answer came; one that nobody waits for is ignored.
    func received(_ response: ClassicResponse) {
        receivers.withLock { $0[response.requestID] }?(response.body)
    }

    /// Whether a request is one of ours.
    func contains(_ requestID: String) -> Bool {
        receivers.withLock { $0[requestID] != nil }
    }

    /// Collects answers until they are complete or the time is over.
    /// - Parameters:
    ///   - requestID: of the request.
    ///   - collection: what is filled; returned as it is then.
    ///   - timeout: how long to wait at most.
    ///   - isComplete: whether the collection is.
    ///   - ask: publishes the request; called when answers can be received.
    ///   - receive: puts an answer into the collection.
    /// - Returns: the collection.
    func collect<Collection: Sendable>(
        _ requestID: String, into collection: Collection, timeout: Duration,
        isComplete: @escaping @Sendable (Collection) -> Bool, ask: () -> Void,
        receive: @escaping @Sendable (ClassicResponse.Body, inout Collection) -> Void
    ) async -> Collection {
        let (completion, complete) = AsyncStream.makeStream(of: Never.self)
        let collected = Guarded(collection)
        let isAccepted = receivers.withLock { receivers in
            guard receivers.count < limit else { return false }
            receivers[requestID] = { body in
                let isDone = collected.value.withLock { value in
                    receive(body, &value)
                    return isComplete(value)
                }
                if isDone { complete.finish() }
            }
            return true
        }
        guard isAccepted else { return collection }
        ask()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in completion {} }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        receivers.withLock { $0[requestID] = nil }
        return collected.value.withLock { $0 }
    }

    /// A collection that the receiving thread and the waiting task share.
    private final class Guarded<Value: Sendable>: Sendable {
        let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
    }
}
