import NIOCore
import Synchronization

/// The connection for commands and publications: a pipeline, answered in order.
final class CommandLink: LinkRole {
    let name = "commands"
    private let configuration: RedisConfiguration
    private let queue: CommandQueue
    private let scripts: ScriptTable
    private let changed: (RedisState) -> Void
    private var link: LinkHandler?
    private var isGreeted = false
    /// What to do with the replies to the greeting, which come first.
    private var greetings = CircularBuffer<(RedisReply) -> Void>()

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
            self.isGreeted = true
            self.judged(.alive)
        }
        drain()
    }

    /// Sends a command of the greeting; an error ends the connection.
    private func greet(_ command: [RedisArgument], _ accepted: @escaping (RedisReply) -> Void) {
        greetings.append(accepted)
        _ = queue.append(command, greeting: true, completion: nil)
    }

    func received(_ reply: RedisReply, on link: LinkHandler) {
        let addressee = queue.replied()
        if let accepted = greetings.popFirst() {
            if case .error(let text) = reply { return link.close(text) }
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
        if isGreeted, link.isWritable { _ = queue.append(["PING"], greeting: true, completion: nil) }
        drain()
    }

    func becameWritable(_ link: LinkHandler) {
        drain()
    }

    func judged(_ verdict: LinkHealth.Verdict) {
        guard isGreeted else { return }
        queue.setGate(verdict == .alive ? .open : .publications)
        changed(verdict == .alive ? .connected : .unresponsive)
    }

    func disconnected() {
        link = nil
        isGreeted = false
        greetings.removeAll()
        let waiting = queue.close()
        changed(.disconnected)
        for completion in waiting { completion(.failure(.connectionLost)) }
    }
}
