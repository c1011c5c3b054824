import Adapter
import Synchronization

/// The namespaces of a server by name, and the parents of those that come and go. May be used from any thread.
///
/// A child is counted by those who are in it or on the way: each has a ``ChildLease``. Taking a lease and giving the
/// last one back are steps of one lock, so a CONNECT meets a child that is there or makes a new one, never one that is
/// about to go.
final class NamespaceTable: Sendable {
    /// What a parent decides by.
    enum Rule: Sendable {
        case pattern(NamespacePattern)
        case function(@Sendable (ConnectContext) async throws -> Bool)
    }

    /// What a CONNECT finds.
    enum Entrance {
        case found(Admission)
        case refused(ConnectError)
        /// That depends on a function of the application: ``NamespaceTable/ask(_:)``.
        case undecided
    }

    /// Makes a namespace: its name, what it inherits, and what was captured from the name.
    typealias Maker = @Sendable (String, Namespace.Registrations, [String: String]) -> Namespace

    private struct Parent: Sendable {
        let rule: Rule
        let namespace: Namespace
        let children: ChildNamespaces
    }

    private struct Entry {
        let namespace: Namespace
        let parent: Parent?
        var leases = 0
        /// Whether its adapter has been started, which happens outside the lock.
        var isStarted = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var parents: [Parent] = []
        var childCount = 0
        var newNamespaceHandlers: [@Sendable (Namespace) -> Void] = []
        var isClosed = false
    }

    private let configuration: DynamicNamespaceConfiguration
    private let make: Maker
    private let state = Mutex(State())

    init(_ configuration: DynamicNamespaceConfiguration, make: @escaping Maker) {
        self.configuration = configuration
        self.make = make
    }

    func add(_ parent: Namespace, _ rule: Rule, _ children: ChildNamespaces) {
        state.withLock { $0.parents.append(Parent(rule: rule, namespace: parent, children: children)) }
    }

    func onNew(_ handler: @escaping @Sendable (Namespace) -> Void) {
        state.withLock { $0.newNamespaceHandlers.append(handler) }
    }

    /// The namespace of a name for the application: made when it is not there, by the first parent whose pattern
    /// matches or else as one of its own.
    func namespace(_ name: String) -> Namespace {
        let (namespace, isNew) = state.withLock { state in
            if let entry = state.entries[name] { return (entry.namespace, false) }
            let match = Self.match(name, state.parents)
            return (insert(name, match?.parent, match?.parameters ?? [:], &state), true)
        }
        if isNew { begin(namespace) }
        return namespace
    }

    /// The namespace of a name, if it is there.
    func existing(_ name: String) -> Namespace? { state.withLock { $0.entries[name]?.namespace } }

    /// All that are there.
    var all: [Namespace] { state.withLock { $0.entries.values.map(\.namespace) } }

    /// A client asks for a namespace.
    func enter(_ name: String) -> Entrance {
        let (entrance, new) = state.withLock { state -> (Entrance, Namespace?) in
            if state.entries[name] != nil { return (admit(name, &state), nil) }
            guard !state.parents.isEmpty, name.utf8.count <= configuration.maxNameLength else {
                return (.refused(.invalidNamespace), nil)
            }
            for parent in state.parents {
                guard case .pattern(let pattern) = parent.rule else { return (.undecided, nil) }
                if let parameters = pattern.match(name) { return enterChild(name, parent, parameters, &state) }
            }
            return (.refused(.invalidNamespace), nil)
        }
        if let new { begin(new) }
        return entrance
    }

    /// A client asks for a namespace that no pattern matched so far: asks the parents in the order in which they were
    /// registered.
    /// - Throws: what a function of the application throws.
    func ask(_ context: ConnectContext) async throws -> Entrance {
        for parent in state.withLock(\.parents) {
            var parameters: [String: String]?
            switch parent.rule {
            case .pattern(let pattern): parameters = pattern.match(context.namespace)
            case .function(let allows): parameters = try await allows(context) ? [:] : nil
            }
            guard let parameters else { continue }
            let (entrance, new) = state.withLock { enterChild(context.namespace, parent, parameters, &$0) }
            if let new { begin(new) }
            return entrance
        }
        return .refused(.invalidNamespace)
    }

    /// A lease ends.
    func release(_ child: Namespace) {
        state.withLock { state in
            guard let entry = state.entries[child.name], entry.namespace === child, !state.isClosed else { return }
            state.entries[child.name]?.leases -= 1
            guard entry.leases == 1, entry.isStarted else { return }
            state.entries[child.name] = nil
            state.childCount -= 1
            entry.parent?.children.remove(child)
            // Before anybody can make the next of this name, whose subscriptions have the same channels.
            child.adapter.stop()
        }
    }

    /// Stops all adapters, for good.
    func close() {
        let namespaces = state.withLock { state -> [Namespace] in
            defer { state.isClosed = true }
            return state.isClosed ? [] : state.entries.values.map(\.namespace)
        }
        for namespace in namespaces { namespace.adapter.stop() }
    }
}

// MARK: - Under the lock

extension NamespaceTable {
    private static func match(
        _ name: String, _ parents: [Parent]
    ) -> (parent: Parent, parameters: [String: String])? {
        for parent in parents {
            if case .pattern(let pattern) = parent.rule, let parameters = pattern.match(name) {
                return (parent, parameters)
            }
        }
        return nil
    }

    private func enterChild(
        _ name: String, _ parent: Parent, _ parameters: [String: String], _ state: inout State
    ) -> (Entrance, Namespace?) {
        // Another client may have been faster.
        guard state.entries[name] == nil else { return (admit(name, &state), nil) }
        guard state.childCount < configuration.maxCount else { return (.refused(.tooManyNamespaces), nil) }
        let child = insert(name, parent, parameters, &state)
        return (admit(name, &state), child)
    }

    private func insert(
        _ name: String, _ parent: Parent?, _ parameters: [String: String], _ state: inout State
    ) -> Namespace {
        let namespace = make(name, parent?.namespace.registered ?? Namespace.Registrations(), parameters)
        state.entries[name] = Entry(namespace: namespace, parent: parent)
        if let parent {
            state.childCount += 1
            parent.children.add(namespace)
        }
        return namespace
    }

    private func admit(_ name: String, _ state: inout State) -> Entrance {
        guard let entry = state.entries[name] else { return .refused(.invalidNamespace) }
        guard entry.parent != nil, configuration.cleanupEmptyChildNamespaces else {
            return .found(Admission(namespace: entry.namespace, lease: nil))
        }
        state.entries[name]?.leases += 1
        return .found(Admission(namespace: entry.namespace, lease: ChildLease(entry.namespace, in: self)))
    }

    /// Connects a new namespace with the other nodes. Not under the lock: handlers may ask for namespaces.
    private func begin(_ namespace: Namespace) {
        namespace.adapter.start(namespace)
        let handlers = state.withLock { state in
            state.entries[namespace.name]?.isStarted = true
            return state.newNamespaceHandlers
        }
        for handler in handlers { handler(namespace) }
    }
}
