import NIOCore

/// The connection for what is published: every handler is called on the client's event loop, in the order in which
/// Redis sent the publications.
final class SubscriptionLink: LinkRole {
    typealias Handler = @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    /// The last thing that is said when everything has been subscribed; its echo says that it has.
    private static let barrier = "subscribed"

    /// How many names go into one command when everything is subscribed again.
    private static let batch = 500

    let name: String
    let isSubscription = true
    /// Called in a Redis Cluster when a channel is not the server's any more.
    private let misplaced: (() -> Void)?
    private let greeting: [[RedisArgument]]
    private let changed: (RedisState) -> Void
    private(set) var link: LinkHandler?
    private(set) var isUsable = false
    /// The part of the greeting whose replies have not come.
    private var greetings = CircularBuffer<[RedisArgument]>()
    /// By name, as it stands in publications.
    private var channels: [ByteBuffer: Handler] = [:]
    private var patterns: [ByteBuffer: Handler] = [:]
    private var shards: ShardChannels
    /// Who waits for an echo, in order.
    private var marks = CircularBuffer<(text: String, passed: (Bool) -> Void)>()
    private var lastMark: UInt64 = 0

    /// - Parameters:
    ///   - name: its role.
    ///   - greeting: what is said on every new connection before anything is subscribed.
    ///   - misplaced: in a Redis Cluster, called when shard channels are not the server's any more.
    ///   - changed: called when the link's state may have changed.
    init(
        _ name: String, greeting: [[RedisArgument]], misplaced: (() -> Void)? = nil,
        changed: @escaping (RedisState) -> Void
    ) {
        self.name = name
        self.greeting = greeting
        self.misplaced = misplaced
        self.changed = changed
        shards = ShardChannels(isCluster: misplaced != nil)
    }

    /// Subscribes to one channel; a second handler replaces the first.
    func subscribe(_ channel: String, _ handler: @escaping Handler) {
        let isNew = channels.updateValue(handler, forKey: ByteBuffer(string: channel)) == nil
        if isNew { write(["SUBSCRIBE", .text(channel)]) }
    }

    /// Subscribes to the channels that match a glob pattern; a second handler replaces the first.
    func subscribe(pattern: String, _ handler: @escaping Handler) {
        let isNew = patterns.updateValue(handler, forKey: ByteBuffer(string: pattern)) == nil
        if isNew { write(["PSUBSCRIBE", .text(pattern)]) }
    }

    /// Ends a subscription, of a channel or of a pattern.
    func unsubscribe(_ name: String) {
        let name = ByteBuffer(string: name)
        if channels.removeValue(forKey: name) != nil { write(["UNSUBSCRIBE", .bytes(name)]) }
        if patterns.removeValue(forKey: name) != nil { write(["PUNSUBSCRIBE", .bytes(name)]) }
    }

    /// Subscribes to one shard channel; a second handler replaces the first.
    func subscribe(shard channel: String, _ handler: @escaping Handler) {
        if shards.set(channel, handler) { link?.atEndOfTick { [weak self] in self?.writeShards() } }
    }

    /// Ends the subscription of a shard channel.
    func unsubscribe(shard channel: String) {
        if shards.set(channel, nil) { link?.atEndOfTick { [weak self] in self?.writeShards() } }
    }

    /// Says what has changed among the shard channels, unless the connection is full; then it waits for room.
    private func writeShards() {
        guard let link, link.isWritable else { return }
        write(shards.changes())
    }

    /// Sets a mark behind everything that was subscribed before, and that Redis has published.
    /// - Parameter passed: called once: with `true` when everything before it is subscribed and has been received, with
    ///   `false` if the connection is not there, or is lost before.
    func mark(_ passed: @escaping (Bool) -> Void) {
        writeShards()
        guard let link, isUsable, link.isWritable else { return passed(false) }
        lastMark &+= 1
        let text = "mark \(lastMark)"
        marks.append((text, passed))
        write(["PING", .text(text)])
    }

    private func passed(_ text: String?) {
        guard let first = marks.first, text == first.text else { return }
        marks.removeFirst()
        first.passed(true)
    }

    func connected(_ link: LinkHandler) {
        self.link = link
        greetings = CircularBuffer(greeting)
        var commands = greeting
        commands += Self.batches("SUBSCRIBE", channels.keys)
        commands += Self.batches("PSUBSCRIBE", patterns.keys)
        commands += shards.connected()
        commands.append(["PING", .text(Self.barrier)])
        write(commands)
    }

    private static func batches(_ command: RedisArgument, _ names: some Collection<ByteBuffer>) -> [[RedisArgument]] {
        var rest = names.map { RedisArgument.bytes($0) }[...]
        var commands: [[RedisArgument]] = []
        while !rest.isEmpty {
            commands.append([command] + rest.prefix(batch))
            rest = rest.dropFirst(batch)
        }
        return commands
    }

    private func write(_ command: [RedisArgument]) { write([command]) }

    private func write(_ commands: [[RedisArgument]]) {
        guard let link, !commands.isEmpty else { return }
        var bytes = ByteBuffer()
        for command in commands { bytes.writeCommand(command) }
        link.write(bytes)
    }

    func received(_ reply: RedisReply, on link: LinkHandler) {
        if let command = greetings.popFirst() {
            if let problem = Greeting.problem(reply, of: command) { link.close(problem) }
            return
        }
        switch reply {
        case .array(let elements): receivedPush(elements)
        case .bytes where reply.text == Self.barrier: becameReady()
        case .bytes: passed(reply.text)
        case .error(let text):
            if let misplaced, case .moved(let slot, _)? = Redirection(text, asked: link.endpoint) {
                shards.forget { HashSlot(of: $0) == slot }
                return misplaced()
            }
            link.close("a subscription was refused: \(text)")
        default: break
        }
    }

    func published(_ publication: Publication) {
        let handler =
            switch publication.subscription {
            case .pattern: patterns[publication.name]
            case .channel: channels[publication.name]
            case .shard: shards.handler(of: String(buffer: publication.name))
            }
        handler?(publication.channel, publication.payload)
    }

    private func receivedPush(_ elements: [RedisReply]) {
        switch (elements.first?.text, elements.count) {
        case ("sunsubscribe", 3):
            guard let misplaced, let channel = elements[1].text, shards.handler(of: channel) != nil else { return }
            shards.forget { $0 == channel }
            misplaced()
        case ("pong", 2) where elements[1].text == Self.barrier: becameReady()
        case ("pong", 2): passed(elements[1].text)
        default: break
        }
    }

    private func becameReady() {
        isUsable = true
        judged(.alive)
    }

    func ticked(at now: NIODeadline, on link: LinkHandler) {
        if isUsable, link.isWritable { write(["PING"]) }
    }

    func becameWritable(_ link: LinkHandler) {
        writeShards()
    }

    func judged(_ verdict: LinkHealth.Verdict) {
        guard isUsable else { return }
        changed(verdict == .alive ? .connected : .unresponsive)
    }

    func disconnected() {
        link = nil
        isUsable = false
        greetings.removeAll()
        shards.disconnected()
        while let mark = marks.popFirst() { mark.passed(false) }
        changed(.disconnected)
    }
}
