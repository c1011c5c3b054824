import Adapter
public import Matchmaking
public import Testing

/// Nodes whose matchmakers share one state, and their participants.
public struct MatchCluster: Sendable {
    /// The nodes; one is enough.
    public let nodes: [MatchNode]

    /// Joins nodes.
    /// - Parameter nodes: with different tags.
    public init(_ nodes: [MatchNode]) {
        self.nodes = nodes
    }

    /// An id of a node's participant.
    /// - Parameters:
    ///   - name: distinguishes it from the others.
    ///   - index: which node; counts round when there are fewer.
    /// - Returns: the id.
    public func id(_ name: String, on index: Int = 0) -> String { nodes[index % nodes.count].tag + name }

    /// The node that owns a participant.
    /// - Parameter id: an id made by ``id(_:on:)``.
    /// - Returns: the node.
    public func node(of id: String) -> MatchNode { nodes.first { id.hasPrefix($0.tag) } ?? nodes[0] }

    /// Submits `find` and waits for its completion.
    /// - Parameters:
    ///   - id: who.
    ///   - user: authenticated user.
    ///   - video: the wish.
    ///   - pool: where to wait; default is the common pool.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func find(
        _ id: String, user: String? = nil, video: Bool = false, pool: String = ""
    ) async throws -> MatchReply {
        try await submit(.find(participant: id, user: user, wantsVideo: video, pool: pool))
    }

    /// Submits `next` and waits for its completion.
    /// - Parameters:
    ///   - id: who.
    ///   - pairID: the pair that is meant. Default: any.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func next(_ id: String, pairID: String? = nil) async throws -> MatchReply {
        try await submit(.next(participant: id, user: nil, pairID: pairID))
    }

    /// Submits `leave` and waits for its completion.
    /// - Parameter id: who.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func leave(_ id: String) async throws -> MatchReply { try await submit(.leave(participant: id)) }

    /// Submits `disconnect` and waits for its completion.
    /// - Parameter id: who.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func disconnect(_ id: String) async throws -> MatchReply { try await submit(.disconnect(participant: id)) }

    /// Submits `suspend` and waits for its completion.
    /// - Parameter id: who.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func suspend(_ id: String) async throws -> MatchReply { try await submit(.suspend(participant: id)) }

    /// Submits `resume` and waits for its completion.
    /// - Parameters:
    ///   - id: who.
    ///   - index: the node that it comes back on; counts round when there are fewer. Default: the one of its id.
    ///   - user: authenticated user.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func resume(_ id: String, on index: Int? = nil, user: String? = nil) async throws -> MatchReply {
        let node = index.map { nodes[$0 % nodes.count] } ?? node(of: id)
        return try await node.submit(.resume(participant: id, user: user))
    }

    /// Submits an operation at the node that owns the participant and waits for its completion.
    /// - Parameter operation: what a participant asks.
    /// - Returns: the reply.
    /// - Throws: ``MatchmakerError``.
    @discardableResult
    public func submit(_ operation: MatchOperation) async throws -> MatchReply {
        try await node(of: operation.participant).submit(operation)
    }

    /// Waits until every node has delivered what was decided so far: an own operation is answered in order.
    /// - Throws: ``MatchmakerError``.
    public func settle() async throws {
        for node in nodes { try await node.submit(.leave(participant: node.tag + "nobody")) }
    }

    /// Settles and compares everything that a participant was told.
    /// - Parameters:
    ///   - id: the participant.
    ///   - story: the words of ``MatchNode/story(of:)``.
    ///   - sourceLocation: where a difference is reported.
    /// - Throws: ``MatchmakerError``.
    public func expect(
        _ id: String, _ story: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await settle()
        #expect(node(of: id).story(of: id) == story, sourceLocation: sourceLocation)
    }

    /// Settles and compares everything that a participant was told that has moved: by the node of its id, then by another.
    /// - Parameters:
    ///   - id: the participant.
    ///   - index: the node that it moved to.
    ///   - story: the words of ``MatchNode/story(of:)``, but for `adopted`.
    ///   - sourceLocation: where a difference is reported.
    /// - Throws: ``MatchmakerError``.
    public func expect(
        _ id: String, movedTo index: Int, _ story: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await settle()
        let (first, second) = (node(of: id), nodes[index % nodes.count])
        let told = (first === second ? [first] : [first, second]).flatMap { $0.story(of: id) }.filter {
            $0 != "adopted"
        }
        #expect(told == story, sourceLocation: sourceLocation)
    }
}
