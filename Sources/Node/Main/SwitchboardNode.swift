import ArgumentParser
import CoreMetrics
import Launch
import Meet
import Monitoring
import RedisAdapter
import RedisSettings
import WebAPI

/// `switchboard-node`: one node of the cluster. Reads its configuration, composes the modules and serves until it is
/// told to stop.
@main
struct SwitchboardNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-node",
        abstract: "A Socket.IO node with the applications meet and support.",
        discussion: """
            Every option is also an environment variable and a key of the file given by --config: --node-name is \
            SWITCHBOARD_NODE_NAME. Secrets are read from there only: tokens of meet are verified by \
            SWITCHBOARD_MEET_JWT_SECRET and, while secrets are being replaced, by \
            SWITCHBOARD_MEET_JWT_PREVIOUS_SECRET, and SWITCHBOARD_MEET_TURN_SECRET is shared with the TURN servers; \
            tokens of support are signed and verified by SWITCHBOARD_SUPPORT_JWT_SECRET in the same way. \
            SWITCHBOARD_SUPPORT_ADMIN_PASSWORD is the password of its first administrator, who is made if there is none.
            """)

    @OptionGroup(title: "Node")
    var options: NodeOptions

    @OptionGroup(title: "Redis")
    var redis: RedisOptions

    @OptionGroup(title: "Listeners")
    var listening: ListenerOptions

    @OptionGroup(title: "Application meet")
    var meet: MeetOptions

    @OptionGroup(title: "Application support")
    var support: SupportOptions

    @OptionGroup(title: "Process")
    var common: CommonOptions

    func run() async throws {
        try await Launch.run("switchboard-node", common) { settings, logger in
            var configuration = try NodeConfiguration(settings, options)
            configuration.redis = try settings.redis(redis, at: options.redis)
            try configuration.readListeners(settings, listening)
            try configuration.readOrigins(settings, self.meet)
            configuration.iceServers = try ICEServers(settings, self.meet)
            let meet = try MeetConfiguration(settings, self.meet)
            configuration.recover(for: meet)
            let support =
                try configuration.serves("support")
                ? SupportSettings(settings, self.support, apartFrom: meet.authentication.secrets) : nil
            let reported = PrometheusMetrics()
            MetricsSystem.bootstrap(reported)
            try await Node(configuration, meet: meet, support: support, reported: reported, logger: logger).run()
        }
    }
}
