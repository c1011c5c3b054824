import Cluster
import SocketIO

/// Answers of other nodes to one request, as they come.
struct AnswerCollection<Element: Sendable>: Sendable {
    /// How many nodes are asked.
    let nodes: Int
    private var answered = 0
    private(set) var elements: [Element] = []

    init(nodes: Int) {
        self.nodes = nodes
    }

    /// Whether nothing more can come.
    var isComplete: Bool { answered >= nodes }

    /// A node answered.
    mutating func received(_ new: [Element]) {
        guard !isComplete else { return }
        answered += 1
        elements += new
    }

    /// What came so far.
    var answer: ClusterAnswer<Element> {
        ClusterAnswer(elements: elements, expected: nodes, missing: nodes - answered)
    }
}

/// Acknowledgements of other nodes' clients to one event, as they come: each node first tells how many to expect.
struct AcknowledgementCollection: Sendable {
    /// How many nodes are asked.
    let nodes: Int
    private var counted = 0
    private var clients = 0
    private var values: [Value] = []

    init(nodes: Int) {
        self.nodes = nodes
    }

    /// Whether all nodes have told their number and all clients have acknowledged.
    var isComplete: Bool { counted >= nodes && values.count >= clients }

    /// A node tells how many of its clients got the event.
    mutating func received(clientCount: Int) {
        guard counted < nodes else { return }
        counted += 1
        clients += clientCount
    }

    /// A client acknowledged.
    mutating func received(_ value: Value) {
        guard !isComplete else { return }
        values.append(value)
    }

    /// What came so far. A node that told nothing counts as one client that is missing.
    var answer: ClusterAnswer<Value> {
        let silent = nodes - counted
        return ClusterAnswer(
            elements: values, expected: max(clients, values.count) + silent,
            missing: max(0, clients - values.count) + silent)
    }
}
