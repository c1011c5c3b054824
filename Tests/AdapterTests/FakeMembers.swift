import Adapter
import Cluster
import Synchronization

/// A cluster whose members come and go as a test says.
final class FakeMembers: ClusterMembers {
    private struct State {
        var living: Set<NodeTag>
        var lost: Set<NodeTag>
        var listeners: [@Sendable (NodeTag) -> Void] = []
    }

    let tag: NodeTag
    private let state: Mutex<State>

    init(_ tag: NodeTag, others: Set<NodeTag> = [], lost: Set<NodeTag> = []) {
        self.tag = tag
        state = Mutex(State(living: others.union([tag]), lost: lost))
    }

    var living: Set<NodeTag> { state.withLock { $0.living } }
    var lost: Set<NodeTag> { state.withLock { $0.lost } }

    func onNodeLost(_ listener: @escaping @Sendable (NodeTag) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// A member's lease is over.
    func lose(_ tag: NodeTag) {
        let listeners = state.withLock { state in
            state.living.remove(tag)
            state.lost.insert(tag)
            return state.listeners
        }
        for listener in listeners { listener(tag) }
    }
}
