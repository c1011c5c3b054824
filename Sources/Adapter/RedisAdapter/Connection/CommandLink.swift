import NIOCore
import Synchronization

/// The connection for commands and publications: a pipeline, answered in order.
final class CommandLink: LinkRole {
    let name = "commands"
    private let configuration: RedisConfiguration
    private let queue: CommandQueue
    private let scripts: ScriptTable
    private let changed: (RedisState) -> Void
    private(set) var link: LinkHandler?
    private(set) var isUsable = false
    /// Until when publications that were kept go on waiting.
    private var settlesAt: NIODeadline?
    /// The greeting, whose replies come first, and what to do with them.
    private var greetings = CircularBuffer<(command: [RedisArgument], accepted: (RedisReply) -> Void)>()

    /// `changed` is called when the link's state may have changed.
    init(
        _ configuration: RedisConfiguration, queue: CommandQueue, scripts: ScriptTable,
        changed: @escaping (RedisState) -> Void
    ) {
        self.configuration = configuration
        self.queue = queue
        self.scripts = scripts
        self.changed = changed
    }

    /// Writes what waits in the queue, unless the connection is full; then it goes on when there is room again.
    func drain() {
        guard let link, link.isWritable, let bytes = queue.take() else { return }
        link.write(bytes)
    }

    func connected(_ link: LinkHandler) {
        self.link = link
        for command in Greeting.commands(configuration, link: name) { greet(command) { _ in } }
        for script in scripts.all {
            greet(["SCRIPT", "LOAD", .text(script.source)]) { [scripts] reply in
                if let digest = reply.text { scripts.loaded(script, digest: digest) }
            }
        }
        greet(["PING"]) { [weak self] _ in
            guard let self, self.link === link else { return }
            self.greeted()
        }
        drain()
    }

    private func greeted() {
        isUsable = true
        settlesAt = queue.connected() ? .now() + TimeAmount(configuration.timing.settling) : nil
        changed(.connected)
        drain()
    }

    /// Sends a command of the greeting; an error ends the connection.
    private func greet(_ command: [RedisArgument], _ accepted: @escaping (RedisReply) -> Void) {
        greetings.append((command, accepted))
        _ = queue.append(command, greeting: true, completion: nil)
    }

    func received(_ reply: RedisReply, on link: LinkHandler) {
        let addressee = queue.replied()
        if let (command, accepted) = greetings.popFirst() {
            if let problem = Greeting.problem(reply, of: command) { return link.close(problem) }
            return accepted(reply)
        }
        switch addressee {
        case .asker(let completion):
            if case .error(let text) = reply { return completion(.failure(.refused(text))) }
            completion(.success(reply))
        case .nobody: break
        case .unknown: link.close("a reply that nobody asked for")
        }
    }

    func ticked(at now: NIODeadline, on link: LinkHandler) {
        for completion in queue.expired(at: now) { completion(.failure(.timedOut)) }
        if isUsable, link.isWritable { _ = queue.append(["PING"], greeting: true, completion: nil) }
        if let settlesAt, settlesAt <= now {
            self.settlesAt = nil
            queue.settled()
        }
        drain()
    }

    func becameWritable(_ link: LinkHandler) {
        drain()
    }

    func judged(_ verdict: LinkHealth.Verdict) {
        guard isUsable else { return }
        queue.heard(isAlive: verdict == .alive, settling: settlesAt != nil)
        changed(verdict == .alive ? .connected : .unresponsive)
    }

    func disconnected() {
        link = nil
        isUsable = false
        settlesAt = nil
        greetings.removeAll()
        let waiting = queue.close()
        changed(.disconnected)
        for completion in waiting { completion(.failure(.connectionLost)) }
    }

    /// An attempt to connect has failed.
    func unreachable() {
        for completion in queue.close() { completion(.failure(.unavailable)) }
    }
}
