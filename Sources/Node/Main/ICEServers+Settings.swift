import Launch
import WebAPI

extension ICEServers {
    /// Reads the options, the environment and the configuration file.
    init(_ settings: Settings, _ options: MeetOptions) throws(LaunchError) {
        let urls = try settings.values(
            "meet-ice-servers", options.meetIceServers, "an address such as stun:HOST:PORT or turn:HOST:PORT"
        ) { ICEServers.isURL($0) ? $0 : nil }
        do {
            try self.init(urls: urls, secret: try settings.secret(.meetTurnSecret))
        } catch let error as LaunchError {
            throw error
        } catch {
            try settings.reject(.configuration("meet-ice-servers: \(error)"))
            self.init()
        }
    }
}
