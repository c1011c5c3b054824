import Cluster
import SocketIO

/// What is filled with the answers to one question.
protocol Collecting: Sendable {
    /// Whether nothing more can come.
    var isComplete: Bool { get }
    /// An answer came.
    /// - Parameters:
    ///   - answer: what was answered.
    ///   - tag: the signature of the node, if it is a member.
    mutating func received(_ answer: NodeAnswer, from tag: NodeTag?)
    /// A node is gone.
    mutating func lost(_ tag: NodeTag)
    /// Those who are waited for will not answer.
    mutating func giveUp(_ reason: SilentNode.Reason)
}

/// Answers of other nodes to one request, as they come: each answers once.
struct AnswerCollection<Element: Sendable>: Collecting {
    private var awaited: Respondents
    private var answered = 0
    private var elements: [Element] = []
    private let read: @Sendable (NodeAnswer) -> [Element]?

    /// - Parameters:
    ///   - respondents: who is asked.
    ///   - read: what an answer means; `nil` if it answers something else.
    init(_ respondents: Respondents, read: @escaping @Sendable (NodeAnswer) -> [Element]?) {
        awaited = respondents
        self.read = read
    }

    var isComplete: Bool { awaited.isEmpty }

    mutating func received(_ answer: NodeAnswer, from tag: NodeTag?) {
        guard let new = read(answer), awaited.answered(by: tag) else { return }
        answered += 1
        elements += new
    }

    mutating func lost(_ tag: NodeTag) { awaited.lost(tag) }

    mutating func giveUp(_ reason: SilentNode.Reason) { awaited.giveUp(reason) }

    /// What came so far.
    var answer: ClusterAnswer<Element> {
        let missing = awaited.count + awaited.silent.count
        return ClusterAnswer(
            elements: elements, expected: answered + missing, missing: missing, silent: awaited.silent)
    }
}
