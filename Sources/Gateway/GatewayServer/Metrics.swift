import Figures
import Routing

/// The gateway's series, read when they are asked for.
enum Metrics {
    static func series(of gateway: Gateway) -> [Metric] {
        let counters = gateway.counters
        let nodes = gateway.nodes
        return [
            Metric(
                "switchboard_gateway_nodes", .gauge, help: "Nodes by state.",
                samples: NodeHealth.State.allCases.map { state in
                    .init(Double(nodes.count { $0.state == state }), labels: [("state", state.rawValue)])
                }),
            Metric(
                "switchboard_gateway_errors_total", .counter, help: "Failures by reason.",
                samples: counters.failureCounts.map { entry in
                    .init(Double(entry.count), labels: [("reason", entry.failure.rawValue)])
                }),
            counter("requests_total", "Requests of clients.", counters.requests.value),
            counter("upgrades_total", "Tunnels opened.", counters.upgrades.value),
            counter("retries_total", "Requests repeated.", counters.retries.value),
            counter(
                "node_connections_total", "Connections made to nodes, probes left out.",
                counters.nodeConnections.value),
            Metric(
                "switchboard_gateway_handshake_seconds",
                help: "From the head of a handshake until its node began to answer.", counters.handshakes.value),
            gauge("tunnels", "Open tunnels.", counters.tunnels.value),
            gauge("clients", "Open HTTP clients.", counters.clients.value),
            gauge("learned_sessions", "Sessions of nodes without a tag.", gateway.learnedSessions),
            Metric(
                "switchboard_gateway_bytes_total", .counter, help: "Bytes of bodies and tunnels.",
                samples: [
                    .init(Double(counters.bytesFromClients.value), labels: [("direction", "from_clients")]),
                    .init(Double(counters.bytesToClients.value), labels: [("direction", "to_clients")]),
                ]),
        ] + gateway.processSeries()
    }

    private static func counter(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric("switchboard_gateway_\(name)", .counter, help: help, Double(value))
    }

    private static func gauge(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric("switchboard_gateway_\(name)", .gauge, help: help, Double(value))
    }
}
