/// A place that a value will stand in. A class, as encoding containers write to it after they were handed out.
final class ValueSlot {
    /// What stands there.
    enum Content {
        case nothing
        case value(Value)
        case object([(key: String, slot: ValueSlot)])
        case array([ValueSlot])
    }

    var content: Content

    init(_ content: Content = .nothing) { self.content = content }

    /// The value. Who encoded nothing at all has no members.
    var value: Value {
        switch content {
        case .nothing: [:]
        case .value(let value): value
        case .object(let members):
            .object(Value.Object(members.map { Value.Object.Member(key: $0.key, value: $0.slot.value) }))
        case .array(let elements): .array(elements.map(\.value))
        }
    }

    /// How many elements an array has.
    var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }

    /// Makes it an object, unless it is one.
    func becomeObject() {
        if case .object = content { return }
        content = .object([])
    }

    /// Makes it an array, unless it is one.
    func becomeArray() {
        if case .array = content { return }
        content = .array([])
    }

    /// Adds a member to an object.
    func append(_ slot: ValueSlot, key: String) {
        guard case .object(var members) = content else { return }
        // Otherwise the list would be copied for every member.
        content = .nothing
        members.append((key, slot))
        content = .object(members)
    }

    /// Adds an element to an array.
    func append(_ slot: ValueSlot) {
        guard case .array(var elements) = content else { return }
        content = .nothing
        elements.append(slot)
        content = .array(elements)
    }
}
