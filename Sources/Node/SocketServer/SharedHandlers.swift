/// The handlers of one event that all sockets of a namespace share (``Namespace/on(_:_:)``).
struct SharedHandlers: Sendable {
    // See EventHandlers about closures in structs.
    private struct Registration: Sendable {
        let handle: @Sendable (Event) throws -> Void
    }

    private let first: Registration
    private var others: [Registration] = []

    init(_ handler: @escaping @Sendable (Event) throws -> Void) {
        first = Registration(handle: handler)
    }

    mutating func add(_ handler: @escaping @Sendable (Event) throws -> Void) {
        others.append(Registration(handle: handler))
    }

    func run(_ event: Event) throws {
        try first.handle(event)
        for registration in others { try registration.handle(event) }
    }
}
