import ArgumentParser

/// `switchboard-adapterbench`: what the adapter costs by itself, without sockets of clients: events from node to node and
/// matches, through one Redis. The nodes are in this process, on one event loop. One line of JSON is printed.
@main
struct AdapterBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-adapterbench",
        abstract: "Measures events and matches through one Redis, without clients.",
        subcommands: [EventsCommand.self, MatchesCommand.self])
}

/// What every measurement needs.
struct BenchOptions: ParsableArguments {
    @Option(help: "Where Redis is.")
    var redis: String

    @Option(help: "How many nodes.")
    var nodes = 2

    @Option(help: "Seconds of measurement, after a fifth of that as warm-up.")
    var seconds = 3.0

    func validate() throws {
        guard (1...64).contains(nodes), seconds > 0, seconds <= 3600 else {
            throw ValidationError("1 to 64 nodes, and up to an hour")
        }
    }
}

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Broadcasts of one node to a room that has a member on each other node.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Events per second; 0 sends as fast as they arrive, with --window on their way.")
    var rate = 0

    @Option(help: "Events on their way at a time, without --rate.")
    var window = 512

    @Option(help: "Bytes of the event's argument.")
    var payload = 200

    @Flag(help: "Sharded publications, which only nodes with members get.")
    var sharded = false

    @Flag(help: "The room has members on the first other node only: the rest drops the events.")
    var narrow = false

    func validate() throws {
        guard options.nodes > 1, rate >= 0, window > 0, payload >= 0, payload < 1 << 20 else {
            throw ValidationError("two nodes at least, and no negative numbers")
        }
    }

    func run() async throws {
        try await Bench(options).run { bench in
            let load = EventLoad(self, bench)
            try await bench.measure(["scenario": "events", "rate": "\(rate)", "payload": "\(payload)"], load)
        }
    }
}

struct MatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matches", abstract: "Participants that ask for the next partner as soon as they have one.")

    @OptionGroup var options: BenchOptions

    @Option(help: "How many participants, divided among the nodes.")
    var participants = 1000

    func validate() throws {
        guard participants > 1 else { throw ValidationError("two participants at least") }
    }

    func run() async throws {
        try await Bench(options).run { bench in
            let load = MatchLoad(self, bench)
            try await bench.measure(["scenario": "matches", "participants": "\(participants)"], load)
        }
    }
}
