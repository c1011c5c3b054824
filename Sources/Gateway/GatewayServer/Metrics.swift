import Routing

/// The gateway's counters in the text format of Prometheus.
enum Metrics {
    static func text(of gateway: Gateway) -> String {
        let counters = gateway.counters
        let nodes = gateway.nodes
        var text = ""
        family("nodes", "gauge", "Nodes by state.", of: NodeHealth.State.allCases, into: &text) { state in
            ("state=\"\(state.rawValue)\"", nodes.count { $0.state == state })
        }
        family("errors_total", "counter", "Failures by reason.", of: counters.failureCounts, into: &text) { entry in
            ("reason=\"\(entry.failure.rawValue)\"", entry.count)
        }
        single("requests_total", "counter", "Requests of clients.", counters.requests.value, &text)
        single("upgrades_total", "counter", "Tunnels opened.", counters.upgrades.value, &text)
        single("retries_total", "counter", "Requests repeated.", counters.retries.value, &text)
        single(
            "node_connections_total", "counter", "Connections made to nodes, probes left out.",
            counters.nodeConnections.value, &text)
        single("tunnels", "gauge", "Open tunnels.", counters.tunnels.value, &text)
        single("clients", "gauge", "Open HTTP clients.", counters.clients.value, &text)
        single("learned_sessions", "gauge", "Sessions of nodes without a tag.", gateway.learnedSessions, &text)
        let bytes = [
            ("from_clients", counters.bytesFromClients.value),
            ("to_clients", counters.bytesToClients.value),
        ]
        family("bytes_total", "counter", "Bytes of bodies and tunnels.", of: bytes, into: &text) { entry in
            ("direction=\"\(entry.0)\"", entry.1)
        }
        return text
    }

    private static func family<Element>(
        _ name: String, _ type: String, _ help: String, of elements: [Element], into text: inout String,
        _ sample: (Element) -> (labels: String, value: Int)
    ) {
        text += "# HELP switchboard_gateway_\(name) \(help)\n# TYPE switchboard_gateway_\(name) \(type)\n"
        for element in elements {
            let (labels, value) = sample(element)
            text += "switchboard_gateway_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
        }
    }

    private static func single(_ name: String, _ type: String, _ help: String, _ value: Int, _ text: inout String) {
        family(name, type, help, of: [value], into: &text) { ("", $0) }
    }
}
