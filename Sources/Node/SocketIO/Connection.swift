/// The Socket.IO side of one session: which namespaces it has joined, and what each packet means.
///
/// The member is whatever the layer above keeps for a joined namespace (its socket). An EVENT for a namespace that is
/// not joined, and a CONNECT for one that is, end the session, as in the reference.
///
/// Inlinable, because a generic value that another module cannot specialise costs more than the packet's parsing.
///
/// ```swift
/// switch connection.received(packet) {
/// case .join(let namespace, let payload): decide(namespace, payload)  // then joined(_:as:) or refused(_:)
/// case .event(let socket, let name, let arguments, let id): socket.received(name, arguments, id)
/// case .acknowledgement(let socket, let id, let arguments): socket.acknowledged(id, arguments)
/// case .leave(let socket): socket.end()  // it is no member any more
/// case .refuse(let namespace, let message): refuse(namespace, message)  // with CONNECT_ERROR
/// case .ignore: break
/// case .close(let violation): close(violation)  // the session
/// }
/// ```
public struct Connection<Member> {
    /// What a packet means.
    public enum Action {
        /// The client wants to join. To be answered by ``joined(_:as:)`` or ``refused(_:)``. The payload is an object.
        case join(namespace: String, payload: Value)
        /// The client cannot join: to be answered by CONNECT_ERROR.
        case refuse(namespace: String, message: String)
        /// An event for a member, with its id if an acknowledgement is wanted.
        case event(Member, EventName, Arguments, acknowledgementID: Int?)
        /// An acknowledgement for a member.
        case acknowledgement(Member, id: Int, Arguments)
        /// The client has left; the member is not in the table any more. The session goes on.
        case leave(Member)
        /// Nothing is to be done.
        case ignore
        /// The client broke the protocol: the session is to be closed.
        case close(Violation)
    }

    /// How a client broke the protocol.
    public enum Violation: Error, Sendable, Equatable {
        /// A packet other than CONNECT for a namespace that is not joined.
        case notJoined
        /// CONNECT for a namespace that is joined.
        case alreadyJoined
        /// CONNECT_ERROR, which only servers send.
        case unexpectedConnectError
    }

    @usableFromInline enum State {
        case joining
        case joined(Member)
    }

    /// How many namespaces a client may join, those that it is about to join included.
    public let namespaceLimit: Int
    // A list, because nearly every client joins one namespace only.
    @usableFromInline var namespaces: [(name: String, state: State)] = []

    /// A session without namespaces.
    /// - Parameter namespaceLimit: how many namespaces a client may join. Default 64.
    @inlinable
    public init(namespaceLimit: Int = 64) { self.namespaceLimit = namespaceLimit }

    /// The members of all joined namespaces, in the order of their CONNECT packets.
    @inlinable
    public var members: [Member] {
        namespaces.compactMap { if case .joined(let member) = $0.state { member } else { nil } }
    }

    /// The member of a namespace, if it is joined.
    /// - Parameter namespace: the namespace, with its leading slash.
    @inlinable
    public subscript(namespace: String) -> Member? {
        guard let index = index(of: namespace), case .joined(let member) = namespaces[index].state else { return nil }
        return member
    }

    /// A packet came.
    /// - Parameter packet: the next packet of the session, in order.
    /// - Returns: what to do.
    @inlinable
    public mutating func received(_ packet: Packet) -> Action {
        let namespace = packet.namespace
        switch packet.content {
        case .event(let name, let arguments, let id):
            guard let member = self[namespace] else { return .close(.notJoined) }
            return .event(member, name, arguments, acknowledgementID: id)
        case .acknowledgement(let id, let arguments):
            guard let member = self[namespace] else { return .close(.notJoined) }
            return .acknowledgement(member, id: id, arguments)
        case .connect(let payload):
            return receivedConnect(namespace, payload)
        case .disconnect:
            guard let member = leave(namespace) else { return .close(.notJoined) }
            return .leave(member)
        case .connectError:
            return .close(.unexpectedConnectError)
        }
    }

    @inlinable
    mutating func receivedConnect(_ namespace: String, _ payload: Value) -> Action {
        if let index = index(of: namespace) {
            // A client that disconnects and connects again before the answer asks twice; one answer serves both.
            guard case .joined = namespaces[index].state else { return .ignore }
            return .close(.alreadyJoined)
        }
        guard namespaces.count < namespaceLimit else {
            return .refuse(namespace: namespace, message: "Too many namespaces")
        }
        namespaces.append((namespace, .joining))
        return .join(namespace: namespace, payload: payload)
    }

    /// The client was let in.
    /// - Parameters:
    ///   - namespace: the namespace of ``Action/join(namespace:payload:)``.
    ///   - member: what the layer above keeps for it.
    /// - Returns: `false` if the client is not about to join this namespace; then nothing has changed.
    @inlinable
    public mutating func joined(_ namespace: String, as member: Member) -> Bool {
        guard let index = index(of: namespace), case .joining = namespaces[index].state else { return false }
        namespaces[index].state = .joined(member)
        return true
    }

    /// The client was not let in. It may ask again.
    /// - Parameter namespace: the namespace of ``Action/join(namespace:payload:)``.
    @inlinable
    public mutating func refused(_ namespace: String) {
        guard let index = index(of: namespace), case .joining = namespaces[index].state else { return }
        namespaces.remove(at: index)
    }

    /// The server ends the client's membership. The session goes on.
    /// - Parameter namespace: the namespace, with its leading slash.
    /// - Returns: the member, or `nil` if the namespace is not joined.
    @inlinable
    public mutating func leave(_ namespace: String) -> Member? {
        guard let index = index(of: namespace), case .joined(let member) = namespaces[index].state else { return nil }
        namespaces.remove(at: index)
        return member
    }

    /// The session has ended.
    /// - Returns: the members of all joined namespaces, which are no members any more.
    @inlinable
    public mutating func removeAll() -> [Member] {
        defer { namespaces = [] }
        return members
    }

    @inlinable
    func index(of namespace: String) -> Int? { namespaces.firstIndex { $0.name == namespace } }
}
