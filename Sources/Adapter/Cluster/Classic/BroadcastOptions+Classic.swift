import SocketIO

extension BroadcastOptions {
    /// The form `{rooms, except, flags}` of broadcasts; `timeout` in milliseconds is one of the flags.
    func classicValue(timeout: Duration? = nil) -> Value {
        var flags = Value.Object()
        if self.flags.volatile { flags["volatile"] = true }
        if let compress = self.flags.compress { flags["compress"] = .bool(compress) }
        if let timeout { flags["timeout"] = .int(timeout.wholeMilliseconds) }
        return ["rooms": Self.list(rooms), "except": Self.list(except), "flags": .object(flags)]
    }

    /// The form `{rooms, except}` of requests.
    var classicSelection: Value { ["rooms": Self.list(rooms), "except": Self.list(except)] }

    /// Reads either form; what is missing or strange counts as not said.
    init(classic value: Value?) {
        self.init(rooms: Self.names(value?["rooms"]), except: Self.names(value?["except"]))
        flags.volatile = value?["flags"]?["volatile"]?.bool ?? false
        flags.compress = value?["flags"]?["compress"]?.bool
    }

    static func list(_ names: [String]) -> Value { .array(names.map { .string($0) }) }

    /// Names of rooms; numbers become text, as in a channel's name.
    static func names(_ value: Value?) -> [String] {
        (value?.array ?? []).compactMap { $0.string ?? $0.int.map { String($0) } }
    }
}

extension Duration {
    /// Whole milliseconds, as JavaScript counts time.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : milliseconds &+ attoseconds / 1_000_000_000_000_000
    }
}
