import NIOCore

/// What a journal needs that is in the same order as publications. Not for a Redis Cluster, where streams and channels are
/// with different servers.
extension RedisClient {
    /// Gives a command that takes its place among the publications: it asks nothing back, and is kept or dropped like them
    /// while Redis cannot be reached.
    /// - Parameter words: the command and its arguments.
    func post(_ words: [RedisArgument]) {
        if case .first = queue.appendPublication(words) { wake() }
    }

    /// Appends an event to a journal and publishes it, as one step of Redis; as one publication, too, while Redis cannot be
    /// reached. If nothing is published, it is appended all the same.
    /// - Parameters:
    ///   - key: the journal.
    ///   - head: its field `h`.
    ///   - body: its field `e`.
    ///   - publish: publishes by this client, in one call and on this thread.
    func post(to key: String, head: String, body: ByteBuffer, publishing publish: () -> Void) {
        let handover = JournalHandover(self, words: [.text(key), .text(head), .bytes(body)])
        JournalHandover.$current.withValue(handover, operation: publish)
        guard let words = handover.take(by: self) else { return }
        post(["XADD", words[0], "*", "h", words[1], "e", words[2]])
    }

    /// Hands over the publication of an event, behind its entry in a journal if it has one.
    /// - Parameters:
    ///   - command: `PUBLISH` or `SPUBLISH`.
    ///   - channel: where.
    ///   - payload: any bytes.
    func post(_ command: RedisArgument, _ channel: String, _ payload: ByteBuffer) {
        guard JournalHandover.current == nil else { return post(command, [(channel, payload)]) }
        if case .first = queue.appendPublication(command, channel, payload) { wake() }
    }

    /// Hands over publications of one event, behind its entry in a journal if it has one.
    /// - Parameters:
    ///   - command: `PUBLISH` or `SPUBLISH`.
    ///   - publications: channels and what each of them gets.
    func post(_ command: RedisArgument, _ publications: [(channel: String, payload: ByteBuffer)]) {
        guard let entry = JournalHandover.current?.take(by: self) else {
            for (channel, payload) in publications { post([command, .text(channel), .bytes(payload)]) }
            return
        }
        // With its source: a digest that Redis has forgotten would cost the publication.
        var words: [RedisArgument] = ["EVAL", .text(RecoveryScripts.publish), 1] + entry
        words.append(command)
        for (channel, payload) in publications { words += [.text(channel), .bytes(payload)] }
        post(words)
    }

    /// Waits until everything is subscribed that was asked for before, and everything has been received that Redis had
    /// published by then.
    /// - Parameter deadline: how long at most.
    /// - Returns: whether that is so now.
    func settleSubscriptions(within deadline: Duration) async -> Bool {
        let settled = loop.makePromise(of: Bool.self)
        onLoop { $0.subscriptions.mark { settled.succeed($0) } }
        let timeout = loop.scheduleTask(in: TimeAmount(deadline)) { settled.succeed(false) }
        let result = try? await settled.futureResult.get()
        timeout.cancel()
        return result ?? false
    }
}
