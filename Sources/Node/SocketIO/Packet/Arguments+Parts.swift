import NIOCore

extension Arguments {
    /// The arguments without the first ones. Nothing is decoded, unless a dropped array or object may have binary
    /// content.
    /// - Parameter number: how many to drop; negative numbers count as 0.
    /// - Returns: the rest, empty if there are not more.
    public func dropFirst(_ number: Int = 1) -> Arguments {
        guard number > 0 else { return self }
        guard number < count, let start = offset(ofArgument: number) else { return [] }
        guard attachments.isEmpty || !hasContainer(before: number) else {
            return Arguments(Array(values.dropFirst(number)))
        }
        return Arguments(
            uncheckedJSON: json.slice(start..<json.readableBytes), count: count - number, attachments: attachments)
    }

    /// The first arguments. Nothing is decoded, unless there is binary content.
    /// - Parameter number: how many at most; negative numbers count as 0.
    /// - Returns: the arguments, all of them if there are not more.
    public func prefix(_ number: Int) -> Arguments {
        guard number < count else { return self }
        guard number > 0, let next = offset(ofArgument: number) else { return [] }
        guard attachments.isEmpty else { return Arguments(Array(values.prefix(number))) }
        return Arguments(uncheckedJSON: json.slice(0..<endOfList(before: next)), count: number, attachments: [])
    }

    /// These arguments followed by others. Nothing is decoded, unless both have binary content: then the placeholders of
    /// the others are numbered anew.
    /// - Parameter others: what comes behind.
    /// - Returns: all arguments.
    public func appending(_ others: Arguments) -> Arguments {
        guard !others.isEmpty else { return self }
        guard !isEmpty else { return others }
        var joined = ByteBufferAllocator().buffer(capacity: json.readableBytes + 1 + others.json.readableBytes)
        var attachments = attachments
        joined.writeImmutableBuffer(json)
        if attachments.isEmpty || others.attachments.isEmpty {
            joined.writeInteger(UInt8.comma)
            joined.writeImmutableBuffer(others.json)
            attachments += others.attachments
        } else {
            for value in others.values {
                joined.writeInteger(UInt8.comma)
                value.writeJSON(to: &joined, attachments: &attachments)
            }
        }
        return Arguments(uncheckedJSON: joined, count: count + others.count, attachments: attachments)
    }

    /// An event's name followed by its arguments, which is the form that events have on the wire and between nodes.
    /// - Parameters:
    ///   - name: name of the event.
    ///   - arguments: its arguments; they are not decoded.
    public init(event name: EventName, _ arguments: Arguments) {
        var json = ByteBufferAllocator().buffer(capacity: name.json.readableBytes + 1 + arguments.json.readableBytes)
        json.writeImmutableBuffer(name.json)
        if !arguments.isEmpty {
            json.writeInteger(UInt8.comma)
            json.writeImmutableBuffer(arguments.json)
        }
        self.init(uncheckedJSON: json, count: arguments.count + 1, attachments: arguments.attachments)
    }

    /// The name of the event, if the first argument is one: a string or a number.
    public var eventName: EventName? {
        guard let first = json(at: 0) else { return nil }
        return EventName(json: first)
    }

    /// The same arguments in memory of their own: what came from a network may share that of a whole read.
    package var compacted: Arguments {
        Arguments(
            uncheckedJSON: json.compacted, count: count, attachments: attachments.map(\.compacted))
    }

    private func hasContainer(before index: Int) -> Bool {
        (0..<index).contains { index in
            guard let first = json(at: index)?.readableBytesView.first else { return false }
            return first == .openBrace || first == .openBracket
        }
    }

    /// The end of the argument before the one that begins at `next`: where the comma between them stands.
    private func endOfList(before next: Int) -> Int {
        let bytes = json.readableBytesSpan
        return (0..<next).last { bytes.byte(at: $0) == .comma } ?? 0
    }
}
