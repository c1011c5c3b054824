import EngineServer
import Logging
import NIOCore
import NIOHTTP1
import Support
import Synchronization
import Testing
import WebAPI

@testable import SupportWeb

/// The routes over stores in memory, reached as the listener reaches them.
struct Site {
    static let secret = "0123456789abcdef0123456789abcdef"
    /// What every account of ``account(_:_:)`` has.
    static let password = "secreto"

    let store = MemoryStore()
    let limiter = CountingLimiter()
    let ended = Ended()
    let authenticator: SupportAuthenticator
    let accounts: SupportAccounts
    private let web: SupportWeb

    /// What was told to end.
    final class Ended: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func append(_ name: String) { names.withLock { $0.append(name) } }
    }

    init(
        guardStyle: GuardStyle = .json, trustedProxies: Int = 0, bundle: ClientBundle? = nil, isSecure: Bool = false
    ) async {
        let logger = Logger(label: "test")
        authenticator = SupportAuthenticator(
            cookie: SupportCookie(isSecure: isSecure), tokens: await SupportTokens(secrets: [Self.secret]),
            accounts: store)
        var settings = SupportAccounts.Configuration()
        settings.passwordCost = 4
        accounts = SupportAccounts(configuration: settings, store: store, limiter: limiter, logger: logger)
        var configuration = SupportWeb.Configuration()
        configuration.guardStyle = guardStyle
        configuration.trustedProxies = trustedProxies
        let sources = SupportWeb.Sources(
            status: { NodeStatus(ready: true, draining: false, tag: "Ab3_x-", name: "a", sessions: 0) },
            metrics: { [] },
            allowsOrigin: { origin, host in origin == "http://\(host ?? "")" || origin == "https://listed.example" },
            endSession: { [ended] in ended.append("session \($0)") },
            endSessions: { [ended] in ended.append("account \($0)") })
        web = SupportWeb(
            sources, configuration: configuration, authenticator: authenticator, messages: store, accounts: accounts,
            bundle: bundle, logger: logger)
    }

    /// Makes an account.
    func account(_ name: String, _ role: Account.Role = .user) async throws {
        let hash = try #require(Bcrypt.hash(Self.password, cost: 4, random: Array(repeating: 7, count: 16)))
        try await store.create(Account(name: name, displayName: "Sr. \(name)", role: role, passwordHash: hash))
    }

    /// The header `Cookie` of somebody who is logged in.
    func cookie(_ name: String, _ role: Account.Role = .user, session: String = "s1", now: Double? = nil) async throws
        -> HTTPHeaders
    {
        let account = Account(name: name, displayName: "Sr. \(name)", role: role, passwordHash: "")
        let now = now ?? SupportTimestamp.now()
        return ["Cookie": "token=\(try await authenticator.tokens.issue(for: account, session: session, now: now))"]
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], body: String = "",
        from address: String = "192.0.2.1"
    ) async -> Answer {
        var all = headers
        all.add(name: "Host", value: "node:3000")
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: all)
        let request = HTTPServerRequest(head: head, body: ByteBuffer(string: body), remoteAddress: address)
        return Answer(await web.respond(to: request))
    }

    func get(_ path: String, _ headers: HTTPHeaders = [:]) async -> Answer {
        await send(.GET, path, headers)
    }

    /// Sends a form as a page does, or as a program that wants JSON.
    func post(
        _ path: String, form: String, json: Bool = false, _ headers: HTTPHeaders = [:],
        from address: String = "192.0.2.1"
    ) async -> Answer {
        var all = headers
        all.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        all.add(name: "Accept", value: json ? "application/json" : "text/html,application/xhtml+xml,*/*;q=0.8")
        return await send(.POST, path, all, body: form, from: address)
    }
}

/// An answer, as tests compare it.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let body: String

    init(_ response: HTTPServerResponse) {
        status = Int(response.status.code)
        headers = response.headers
        body = String(buffer: response.body)
    }

    /// The content type without parameters.
    var type: String {
        headers.first(name: "content-type").map { String($0.prefix { $0 != ";" }) } ?? ""
    }

    /// Status, type and body in one line.
    var line: String { "\(status) \(type) \(body)" }

    /// The field `Set-Cookie`.
    var cookie: String? { headers.first(name: "set-cookie") }
}
