import Testing

@testable import RedisAdapter

@Suite struct ShardChannelsTests {
    private let handler: SubscriptionLink.Handler = { _, _ in }

    @Test("only what differs in the end is asked of Redis, many channels in one command")
    func coalescing() {
        var channels = ShardChannels()
        let isFirst = ["a", "b", "c"].map { channels.set($0, handler) } + [channels.set("b", nil)]
        #expect(isFirst == [true, false, false, false])
        let commands = [channels.changes(), channels.changes()]
        #expect(commands == [[["SSUBSCRIBE", "a", "c"]], []])
        #expect(channels.handler(of: "a") != nil && channels.handler(of: "b") == nil)
    }

    @Test("a channel that goes and comes back within a tick is left alone")
    func backAndForth() {
        var channels = ShardChannels()
        _ = channels.set("a", handler)
        _ = channels.changes()
        var commands: [[[RedisArgument]]] = []
        for handler in [nil, handler] { _ = channels.set("a", handler) }
        commands.append(channels.changes())
        for _ in 0..<2 {
            _ = channels.set("a", nil)
            commands.append(channels.changes())
        }
        #expect(commands == [[], [["SUNSUBSCRIBE", "a"]], []])
    }

    @Test("after a reconnection everything that is wanted is asked for, in bounded commands")
    func reconnection() {
        var channels = ShardChannels()
        for number in 0..<1200 { _ = channels.set("\(number)", handler) }
        _ = channels.changes()
        _ = channels.set("0", nil)
        channels.disconnected()
        _ = channels.set("1", nil)
        let commands = channels.connected()
        #expect(commands.map(\.count) == [501, 501, 199])
        #expect(Set(commands.flatMap { $0.dropFirst() }.compactMap(\.text)) == Set((2..<1200).map { "\($0)" }))
    }
}

extension RedisArgument {
    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
}
