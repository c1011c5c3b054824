public import Cluster

/// A node that did not answer a question, and why.
public struct SilentNode: Sendable, Hashable {
    /// Why there is no answer.
    public enum Reason: String, Sendable {
        /// It was asked and did not answer in time.
        case timedOut
        /// Its lease is over: it is frozen, or cut off from Redis, or has ended while it was asked. It was not waited for
        /// any longer.
        case leaseOver
        /// This node's own connection to the others is down: nobody was asked.
        case linkDown
        /// Too many questions of this node were waiting already: nobody was asked.
        case tooManyQuestions
    }

    /// The node; `nil` for one that is no member (a Node.js server), or not known to be one.
    public var tag: NodeTag?
    /// Why there is no answer.
    public var reason: Reason

    /// Describes a silent node.
    /// - Parameters:
    ///   - tag: the node, if it is known.
    ///   - reason: why there is no answer.
    public init(tag: NodeTag?, reason: Reason) {
        self.tag = tag
        self.reason = reason
    }
}
