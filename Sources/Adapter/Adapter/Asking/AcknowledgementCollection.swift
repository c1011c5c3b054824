import Cluster
import SocketIO

/// Acknowledgements of other nodes' clients to one event, as they come: each node first tells how many to expect.
struct AcknowledgementCollection: Collecting {
    private var awaited: Respondents
    /// How many clients were asked, as far as nodes have told.
    private var clients = 0
    private var values: [Value] = []
    /// How many clients of each member have not acknowledged yet.
    private var outstanding: [NodeTag: Int] = [:]
    /// How many clients will not acknowledge because their node was lost.
    private var abandoned = 0
    private var lostLater: [SilentNode] = []

    /// - Parameter respondents: who is asked.
    init(_ respondents: Respondents) {
        awaited = respondents
    }

    /// Whether all nodes have told their number and all clients have acknowledged that can.
    var isComplete: Bool { awaited.isEmpty && values.count + abandoned >= clients }

    mutating func received(_ answer: NodeAnswer, from tag: NodeTag?) {
        switch answer {
        case .clientCount(let count):
            guard awaited.answered(by: tag) else { return }
            clients += count
            if let tag { outstanding[tag, default: 0] += count }
        case .acknowledgement(let value):
            guard !isComplete else { return }
            values.append(value)
            if let tag { outstanding[tag, default: 0] -= 1 }
        default: break
        }
    }

    mutating func lost(_ tag: NodeTag) {
        guard !awaited.lost(tag), let open = outstanding.removeValue(forKey: tag), open > 0 else { return }
        abandoned += open
        lostLater.append(SilentNode(tag: tag, reason: .leaseOver))
    }

    mutating func giveUp(_ reason: SilentNode.Reason) { awaited.giveUp(reason) }

    /// What came so far. A node that told nothing counts as one client that is missing.
    var answer: ClusterAnswer<Value> {
        let untold = awaited.count + awaited.silent.count
        return ClusterAnswer(
            elements: values, expected: max(clients, values.count) + untold,
            missing: max(0, clients - values.count) + untold, silent: awaited.silent + lostLater)
    }
}
