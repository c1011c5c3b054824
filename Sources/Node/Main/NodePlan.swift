import EngineServer
import Launch
import Listening
import Meet
import RedisSettings
import WebAPI

/// Everything that the command line, the environment and the configuration file say about a node.
struct NodePlan {
    let node: NodeConfiguration
    let meet: MeetConfiguration
    /// Of the application *support*, if a listener serves it.
    let support: SupportSettings?

    /// Reads it.
    init(_ settings: Settings, _ command: SwitchboardNode) throws(LaunchError) {
        var node = try NodeConfiguration(settings, command.options)
        node.redis = try settings.redis(command.redis, at: command.options.redis)
        try node.readListeners(settings, command.listening)
        try node.readOrigins(settings, command.meet)
        node.iceServers = try ICEServers(settings, command.meet)
        meet = try MeetConfiguration(settings, command.meet)
        node.recover(for: meet)
        support =
            try node.serves(SupportChat.listener)
            ? SupportSettings(settings, command.support, apartFrom: meet.authentication.secrets) : nil
        self.node = node
    }

    /// Looks at the files that are read at the start.
    func readFiles(_ settings: Settings) throws(LaunchError) {
        try settings.attempt { () throws(LaunchError) in _ = try TLSIdentity.named(by: node.listening) }
        try settings.attempt { () throws(LaunchError) in _ = try node.readClientBundle() }
    }
}

extension NodeConfiguration {
    /// The stock browser client, if one is to be served.
    func readClientBundle() throws(LaunchError) -> ClientBundle? {
        do {
            return try clientBundle.map { path in try ClientBundle(path: path) }
        } catch {
            throw .configuration("\(error)")
        }
    }
}
