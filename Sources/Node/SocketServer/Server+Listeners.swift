public import EngineIO

extension Server {
    /// The main namespace of one listener, for a server whose listeners serve different applications: what its clients
    /// join as `/`. It shares nothing with the namespace `/` of other listeners, here or on other nodes. All other
    /// namespaces are the same on every listener.
    ///
    /// ```swift
    /// let desk = server.mainNamespace(of: "desk")
    /// let acceptor = server.acceptor(for: "desk")
    /// let engine = Engine(configuration: .init(), nodeTag: tag.text, loops: loops, acceptor: acceptor, logger: logger)
    /// ```
    /// - Parameter listener: name of the listener, the same on all nodes, not beginning with a slash.
    /// - Returns: the namespace, created when it is asked for the first time.
    public func mainNamespace(of listener: String) -> Namespace {
        precondition(!listener.isEmpty && !listener.hasPrefix("/"), "a listener's name, not a namespace's")
        return namespaces.namespace(listener)
    }

    /// What an engine hands the sessions of a listener to that has a main namespace of its own.
    /// - Parameter listener: name of the listener, as in ``mainNamespace(of:)``.
    /// - Returns: the acceptor.
    public func acceptor(for listener: String) -> any SessionAcceptor {
        ListenerAcceptor(server: self, main: mainNamespace(of: listener).name)
    }
}

/// Accepts the sessions of a listener that has a main namespace of its own.
private struct ListenerAcceptor: SessionAcceptor {
    let server: Server
    let main: String

    func opened(_ session: any EngineSession) -> any SessionHandler { server.opened(session, main: main) }

    var acceptsSessions: Bool { server.acceptsSessions }
}
