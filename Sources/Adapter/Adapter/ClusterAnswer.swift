/// What other nodes answered: everything that came, how many answers are missing, and which nodes were silent, for what
/// reason. Never an exception for a silent node.
public struct ClusterAnswer<Element: Sendable>: Sendable {
    /// What was answered, in order of arrival.
    public var elements: [Element]
    /// How many answers were expected (nodes; for acknowledgements, clients).
    public var expected: Int
    /// How many of the expected answers did not come in time.
    public var missing: Int
    /// The nodes that did not answer, each once. Nodes that are known to be gone, connection and all, were not asked and
    /// are not among them. In questions for acknowledgements, a node is silent if it did not tell how many clients it
    /// asked, or was lost before all of them had acknowledged.
    public var silent: [SilentNode]

    /// Creates an answer; by default the one of a node that runs alone.
    /// - Parameters:
    ///   - elements: what was answered.
    ///   - expected: how many answers were expected.
    ///   - missing: how many of them did not come.
    ///   - silent: the nodes that did not answer.
    public init(elements: [Element] = [], expected: Int = 0, missing: Int = 0, silent: [SilentNode] = []) {
        self.elements = elements
        self.expected = expected
        self.missing = missing
        self.silent = silent
    }
}
