public import Cluster

/// Events of another node that this node should have received and did not.
public struct PublicationGap: Sendable, Equatable {
    /// The namespace, with its leading slash.
    public var namespace: String
    /// The node that sent them, if it has told its tag.
    public var node: NodeTag?
    /// How many.
    public var missed: Int
    /// Whether they were for single sockets of this node; otherwise for rooms, or for everybody.
    public var isDirect: Bool

    /// Describes a gap.
    /// - Parameters:
    ///   - namespace: with its leading slash.
    ///   - node: that sent the events, if known.
    ///   - missed: how many events.
    ///   - isDirect: whether they were for single sockets.
    public init(namespace: String, node: NodeTag?, missed: Int, isDirect: Bool) {
        self.namespace = namespace
        self.node = node
        self.missed = missed
        self.isDirect = isDirect
    }
}
