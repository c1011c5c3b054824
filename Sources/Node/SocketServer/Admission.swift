/// A namespace that a client is let into, with what was registered when it asked.
struct Admission: Sendable {
    let namespace: Namespace
    let lease: ChildLease?
    let registered: Namespace.Registrations

    init(namespace: Namespace, lease: ChildLease?) {
        self.namespace = namespace
        self.lease = lease
        registered = namespace.registered
    }
}
