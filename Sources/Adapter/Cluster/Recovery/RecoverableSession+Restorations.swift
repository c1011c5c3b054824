extension RecoverableSession {
    /// What the client has received, as far as that is known.
    /// - Parameters:
    ///   - offset: of the last event that it received, as it says, or ``start``.
    ///   - oldest: the number of the oldest event that may be repeated.
    /// - Returns: what the offset says, and what was repeated before it.
    public func received(at offset: RecoveryOffset, since oldest: UInt64) -> ReceivedEvents {
        var received = restoration(before: offset)?.received ?? ReceivedEvents()
        received.removeAll(before: oldest)
        received.insert(offset.own)
        received.insert(offset.position)
        return received
    }

    /// A node restores the socket.
    /// - Parameters:
    ///   - node: the node.
    ///   - received: what the client will have received when what it has missed has been repeated.
    ///   - offset: what the client says before that.
    public mutating func restored(by node: NodeTag, received: ReceivedEvents, after offset: RecoveryOffset) {
        // Until the client has received something new it says this offset, or that of something repeated, for which the
        // restoration before holds.
        restorations = [restoration(before: offset), Restoration(by: node, received: received)].compactMap(\.self)
    }

    private func restoration(before offset: RecoveryOffset) -> Restoration? {
        restorations.last { $0.isComplete(at: offset) }
    }
}
