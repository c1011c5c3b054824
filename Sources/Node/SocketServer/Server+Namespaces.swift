import Cluster
import Logging

extension Server {
    /// A namespace, created when it is asked for the first time. Clients can only join namespaces that exist, or that
    /// a parent makes for them (``namespaces(matching:)``).
    ///
    /// If a pattern matches the name, the namespace belongs to that parent: it has the parent's handlers, and may go
    /// again with its last socket. Then ask for it each time instead of keeping it.
    /// - Parameter name: its name; a leading slash is added if there is none. Default: the main namespace `/`.
    /// - Returns: the namespace.
    public func namespace(_ name: String = "/") -> Namespace {
        namespaces.namespace(Namespace.canonicalName(name))
    }

    /// Namespaces that come into being when a client asks for them: one for each name that a pattern matches.
    ///
    /// ```swift
    /// let tenants = server.namespaces(matching: "/tenant-:id")
    /// tenants.use { context in try await check(context.auth, of: context.parameters["id"]) }
    /// tenants.on("say") { event in event.socket.broadcast.emit("said", arguments: event.arguments) }
    /// tenants.emit("maintenance", "in five minutes")  // to the clients of every tenant
    /// ```
    ///
    /// What is returned is their parent: each namespace begins with what has been registered on it by then, and what is
    /// sent to everybody in the parent, or asked of them, goes to all its namespaces. Nobody joins the parent itself.
    /// When several parents match, the first is taken. A namespace that exists is joined without asking again.
    /// ``ServerConfiguration/dynamicNamespaces`` bounds their number and says when they go.
    /// - Parameter pattern: which names; see ``NamespacePattern``.
    /// - Returns: the parent.
    public func namespaces(matching pattern: NamespacePattern) -> Namespace {
        parent(pattern.description, .pattern(pattern))
    }

    /// Namespaces that come into being when a client asks for them, if a function allows it.
    ///
    /// As ``namespaces(matching:)``, for rules that no pattern can express. The function is asked for names that do not
    /// exist only: to decide who may join, use a middleware.
    /// - Parameter allows: whether there shall be a namespace with the name in the context, knowing also handshake and
    ///   `auth` of the client that asks. What it throws is logged, or shown to the client if it is a ``ConnectError``.
    /// - Returns: the parent.
    public func namespaces(
        where allows: @escaping @Sendable (_ context: ConnectContext) async throws -> Bool
    ) -> Namespace {
        parent("/*", .function(allows))
    }

    /// Registers a handler for namespaces that come into being from now on (`new_namespace` of the reference).
    /// - Parameter handler: called once for each, before the client that asked for it joins, on any thread; a good place
    ///   to register more for this one. Parents are not told.
    public func onNewNamespace(_ handler: @escaping @Sendable (Namespace) -> Void) {
        namespaces.onNew(handler)
    }

    private func parent(_ name: String, _ rule: NamespaceTable.Rule) -> Namespace {
        let children = ChildNamespaces()
        let parent = Namespace(
            name: name, configuration: configuration, nodeTag: nodeTag, loops: loops, adapter: children,
            encoder: encoder, figures: figures, logger: logger)
        namespaces.add(parent, rule, children)
        return parent
    }

    /// Decides about a CONNECT: finds the namespace, and runs its middleware.
    func decide(
        _ context: inout ConnectContext, _ entrance: NamespaceTable.Entrance, _ claim: RecoveryClaim? = nil
    ) async -> Result<Admission, ConnectError> {
        do {
            var entrance = entrance
            if case .undecided = entrance { entrance = try await namespaces.ask(context) }
            guard case .found(let admission) = entrance else {
                if case .refused(let error) = entrance { throw error }
                throw ConnectError.invalidNamespace
            }
            context.parameters = admission.namespace.parameters
            if let claim { context.former = await admission.namespace.formerSession(claim) }
            if let former = context.former {
                (context.socketID, context.data) = (former.id, former.data)
                if configuration.recovery?.skipMiddlewares == true { return .success(admission) }
            }
            for middleware in admission.registered.middleware { try await middleware(&context) }
            return .success(admission)
        } catch let error as ConnectError {
            return .failure(error)
        } catch {
            logger.warning(
                "middleware failed", metadata: ["namespace": "\(context.namespace)", "error": "\(type(of: error))"])
            return .failure(.internalError)
        }
    }
}
