import Routing

/// What the gateway decides about a request.
extension Benchmark {
    static let routing: [Benchmark] = [
        Benchmark("routing.kind.session") {
            let target = "/socket.io/?EIO=4&transport=polling&t=PJnkqVi&sid=\(sessionID)"
            return { keep(RequestKind(method: "GET", target: target)) }
        },
        Benchmark("routing.route.session", state: router) { router in
            keep(router.route(.session(sessionID), listener: "meet", now: .seconds(1)))
        },
        Benchmark("routing.route.handshake", state: router) { router in
            keep(router.route(.handshake, listener: "meet", now: .seconds(1)))
        },
    ]

    private static let sessionID = "Ab3_x-0aaaaaaaaaaaaaaaa"

    /// Three nodes that take sessions; the first one has the session.
    @Sendable private static func router() -> Router {
        var router = Router(limits: RoutingLimits())
        let addresses = (1...3).compactMap {
            NodeAddress([Endpoint(listener: "meet", host: "127.0.0.1", port: 9000 + $0)])
        }
        for (id, tag) in zip(router.sourcesNamed(addresses), ["Ab3_x-", "Ab3_y-", "Ab3_z-"]) {
            _ = router.probeAnswered(id, ProbeReport(isReady: true, tag: tag))
        }
        return router
    }
}
