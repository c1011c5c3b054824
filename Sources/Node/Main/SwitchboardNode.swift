import ArgumentParser
import CoreMetrics
import HealthCheck
import Launch
import Monitoring
import RedisSettings

/// `switchboard-node`: one node of the cluster. Reads its configuration, composes the modules and serves until it is
/// told to stop.
@main
struct SwitchboardNode: HealthCheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard-node",
        abstract: "A Socket.IO node with the applications meet and support.",
        discussion: """
            Every option is also an environment variable and a key of the file given by --config: --node-name is \
            SWITCHBOARD_NODE_NAME. Secrets are read from there only, or from the files that variables ending with _FILE \
            name: tokens of meet are verified by SWITCHBOARD_MEET_JWT_SECRET and, while secrets are being replaced, by \
            SWITCHBOARD_MEET_JWT_PREVIOUS_SECRET, and SWITCHBOARD_MEET_TURN_SECRET is shared with the TURN servers; \
            tokens of support are signed and verified by SWITCHBOARD_SUPPORT_JWT_SECRET in the same way. \
            SWITCHBOARD_SUPPORT_ADMIN_PASSWORD is the password of its first administrator, who is made if there is none.
            """,
        subcommands: [
            HealthCheckCommand<SwitchboardNode>.self, CheckCommand<SwitchboardNode>.self,
            OptionsCommand<SwitchboardNode>.self,
        ])

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

    static var secrets: [Secret] { Secret.node }

    func run() async throws {
        try await Launch.run("switchboard-node", common) { settings, logger in
            let plan = try NodePlan(settings, self)
            let reported = PrometheusMetrics()
            MetricsSystem.bootstrap(reported)
            try await Node(
                plan.node, meet: plan.meet, support: plan.support, reported: reported, logger: logger
            ).run()
        }
    }

    func read(_ settings: Settings) throws {
        try NodePlan(settings, self).readFiles(settings)
    }

    /// The first listener: `/healthz` and `/readyz` answer on all of them.
    func healthTarget(_ settings: Settings) throws(LaunchError) -> HealthTarget {
        let listening = try settings.listeners(listening)
        guard let listener = try NodeConfiguration.listeners(settings, options).first,
            let target = HealthTarget(
                listener: listener.place, isTLS: listening.tls != nil, beginsWithProxyHeader: listening.proxyProtocol)
        else { throw .usage("the first --listen has no fixed port; name it: --url http://HOST:PORT") }
        return target
    }
}
