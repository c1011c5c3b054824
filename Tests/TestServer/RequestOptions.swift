import ArgumentParser
import EngineIO
import EngineServer
import Launch

/// How the engine treats requests: what a program of its own would set in `EngineConfiguration`.
struct RequestOptions: ParsableArguments {
    @Option(help: "Path of Socket.IO. [SWITCHBOARD_PATH] (default: /socket.io/)")
    var path: String?

    @Option(help: "Transports offered, separated by commas. [SWITCHBOARD_TRANSPORTS] (default: polling,websocket)")
    var transports: String?

    @Option(help: "Whether polling sessions may upgrade. [SWITCHBOARD_ALLOW_UPGRADES] (default: true)")
    var allowUpgrades: String?

    @Option(help: "Name of a cookie with the session id. [SWITCHBOARD_COOKIE] (default: none)")
    var cookie: String?

    @Option(help: "Origin or pattern of origins that may connect; may be repeated. [SWITCHBOARD_CORS_ORIGIN]")
    var corsOrigin: [String] = []

    @Option(help: "Whether pages of other origins may send cookies. [SWITCHBOARD_CORS_CREDENTIALS] (default: false)")
    var corsCredentials: String?

    @Option(help: "Whether the test hooks of requests run. [SWITCHBOARD_REQUEST_HOOKS] (default: false)")
    var requestHooks: String?

    /// Takes the options over.
    /// - Parameters:
    ///   - engine: where to.
    ///   - settings: the environment and the configuration file.
    /// - Throws: `LaunchError` for a wrong value.
    func apply(to engine: inout EngineConfiguration, _ settings: Settings) throws(LaunchError) {
        engine.transports = try settings.value(
            "transports", transports, default: engine.transports, "polling, websocket or both"
        ) { text in
            let transports = text.split(separator: ",").map { Transport(rawValue: String($0)) }
            return transports.contains(nil) ? nil : Set(transports.compactMap(\.self))
        }
        engine.allowUpgrades = try flag(settings, "allow-upgrades", allowUpgrades, default: engine.allowUpgrades)
        engine.cookie = settings.text("cookie", cookie).map { SessionCookie(name: $0) }
        let origins = try settings.values("cors-origin", corsOrigin, "an origin such as https://*.example.org") {
            OriginPolicy.isOrigin($0) ? $0 : nil
        }
        if !origins.isEmpty { engine.origins = .list(origins) }
        engine.credentials = try flag(settings, "cors-credentials", corsCredentials, default: engine.credentials)
        if try flag(settings, "request-hooks", requestHooks, default: false) { engine.hooks = .test }
    }

    private func flag(
        _ settings: Settings, _ option: String, _ argument: String?, default standard: Bool
    ) throws(LaunchError) -> Bool {
        try settings.value(option, argument, default: standard, "true or false", Bool.init)
    }
}
