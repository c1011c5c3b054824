import NIOCore

/// The connection for what is published: every handler is called on the client's event loop, in the order in which
/// Redis sent the publications.
final class SubscriptionLink: LinkRole {
    typealias Handler = @Sendable (_ channel: ByteBuffer, _ payload: ByteBuffer) -> Void

    /// The last thing that is said when everything has been subscribed; its echo says that it has.
    private static let barrier = "subscribed"

    let name = "subscriptions"
    private let configuration: RedisConfiguration
    private let changed: (RedisState) -> Void
    private var link: LinkHandler?
    private var isReady = false
    private var channels: [String: Handler] = [:]
    private var patterns: [String: Handler] = [:]
    private var shards = ShardChannels()

    /// `changed` is called when the link's state may have changed.
    init(_ configuration: RedisConfiguration, changed: @escaping (RedisState) -> Void) {
        self.configuration = configuration
        self.changed = changed
    }

    /// Subscribes to one channel; a second handler replaces the first.
    func subscribe(_ channel: String, _ handler: @escaping Handler) {
        if channels.updateValue(handler, forKey: channel) == nil { write(["SUBSCRIBE", .text(channel)]) }
    }

    /// Subscribes to the channels that match a glob pattern; a second handler replaces the first.
    func subscribe(pattern: String, _ handler: @escaping Handler) {
        if patterns.updateValue(handler, forKey: pattern) == nil { write(["PSUBSCRIBE", .text(pattern)]) }
    }

    /// Ends a subscription, of a channel or of a pattern.
    func unsubscribe(_ name: String) {
        if channels.removeValue(forKey: name) != nil { write(["UNSUBSCRIBE", .text(name)]) }
        if patterns.removeValue(forKey: name) != nil { write(["PUNSUBSCRIBE", .text(name)]) }
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

    func connected(_ link: LinkHandler) {
        self.link = link
        var commands = Greeting.commands(configuration, link: name).filter { $0.first != "SELECT" }
        if !channels.isEmpty { commands.append(["SUBSCRIBE"] + channels.keys.map { .text($0) }) }
        if !patterns.isEmpty { commands.append(["PSUBSCRIBE"] + patterns.keys.map { .text($0) }) }
        commands += shards.connected()
        commands.append(["PING", .text(Self.barrier)])
        write(commands)
    }

    private func write(_ command: [RedisArgument]) { write([command]) }

    private func write(_ commands: [[RedisArgument]]) {
        guard let link, !commands.isEmpty else { return }
        var bytes = ByteBuffer()
        for command in commands { bytes.writeCommand(command) }
        link.write(bytes)
    }

    func received(_ reply: RedisReply, on link: LinkHandler) {
        switch reply {
        case .array(let elements): receivedPush(elements)
        case .bytes where reply.text == Self.barrier: becameReady()
        case .error(let text): link.close(text)
        default: break
        }
    }

    private func receivedPush(_ elements: [RedisReply]) {
        switch (elements.first?.text, elements.count) {
        case ("message", 3):
            guard let channel = elements[1].buffer, let payload = elements[2].buffer else { return }
            channels[String(buffer: channel)]?(channel, payload)
        case ("smessage", 3):
            guard let channel = elements[1].buffer, let payload = elements[2].buffer else { return }
            shards.handler(of: String(buffer: channel))?(channel, payload)
        case ("pmessage", 4):
            guard let pattern = elements[1].text, let channel = elements[2].buffer, let payload = elements[3].buffer
            else { return }
            patterns[pattern]?(channel, payload)
        case ("pong", 2) where elements[1].text == Self.barrier: becameReady()
        default: break
        }
    }

    private func becameReady() {
        isReady = true
        judged(.alive)
    }

    func ticked(at now: NIODeadline, on link: LinkHandler) {
        if isReady, link.isWritable { write(["PING"]) }
    }

    func becameWritable(_ link: LinkHandler) {
        writeShards()
    }

    func judged(_ verdict: LinkHealth.Verdict) {
        guard isReady else { return }
        changed(verdict == .alive ? .connected : .unresponsive)
    }

    func disconnected() {
        link = nil
        isReady = false
        shards.disconnected()
        changed(.disconnected)
    }
}
