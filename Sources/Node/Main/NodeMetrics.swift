import Adapter
import EngineIO
import EngineServer
import Figures
import Meet
import Monitoring
import RedisAdapter
import SocketServer

/// The series of a node's `/metrics`, read from everything that counts when they are asked for (see the decision at
/// `PrometheusMetrics`).
struct NodeMetrics: Sendable {
    let load: Load
    let server: Server
    let application: MeetApplication
    let chat: SupportChat?
    let readiness: Readiness
    let adapters: any AdapterFactory
    let redis: (client: RedisClient, watch: RedisWatch)?
    let delays: EventLoopDelays
    let reported: PrometheusMetrics

    var series: [Metric] {
        let own = [
            Metric("switchboard_ready", .gauge, help: "Whether new sessions are welcome.", readiness.isReady ? 1 : 0),
            Metric(
                "switchboard_draining", .gauge, help: "Whether the node is going down.", readiness.isDraining ? 1 : 0),
        ]
        return own + sessionSeries + trafficSeries + eventSeries + listenerSeries + adapterSeries + redisSeries
            + meetSeries + supportSeries + delays.series + ProcessFigures.series + reported.series
    }

    func counter(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric("switchboard_\(name)", .counter, help: help, Double(value))
    }

    func gauge(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric("switchboard_\(name)", .gauge, help: help, Double(value))
    }

    /// Counters by one label.
    func counters(_ name: String, _ help: String, by label: String, _ values: [(String, Int)]) -> Metric {
        Metric(
            "switchboard_\(name)", .counter, help: help,
            samples: values.map { .init(Double($0.1), labels: [(label, $0.0)]) })
    }

    /// Counters by everything that may be counted: what is zero is told, too, so that the first of a kind is seen as growth.
    func counters<Case: CaseIterable & Hashable & RawRepresentable<String>>(
        _ name: String, _ help: String, by label: String, _ values: [Case: Int]
    ) -> Metric {
        counters(name, help, by: label, Case.allCases.map { ($0.rawValue, values[$0] ?? 0) })
    }
}

// MARK: - Clients

extension NodeMetrics {
    private var sessionSeries: [Metric] {
        let engine = load.metrics
        let sessions = [
            ("polling", engine.sessions - engine.webSocketSessions), ("websocket", engine.webSocketSessions),
        ]
        return [
            Metric(
                "switchboard_sessions", .gauge, help: "Open Engine.IO sessions, by transport.",
                samples: sessions.map { .init(Double($0.1), labels: [("transport", $0.0)]) }),
            counters(
                "sessions_opened_total", "Sessions opened, by first transport.", by: "transport", engine.opened),
            counters("sessions_closed_total", "Sessions closed, by reason.", by: "reason", engine.closed),
            Metric(
                "switchboard_handshake_seconds",
                help: "Handshakes of Engine.IO, from the request to the open packet, hooks included.",
                engine.handshakes),
            counter("upgrades_total", "Sessions that moved from polling to WebSocket.", engine.upgraded),
            counter("requests_refused_total", "Requests refused.", engine.refused),
            counter(
                "handshakes_limited_total", "Handshakes over the limit of their address.", engine.handshakesLimited),
        ]
    }

    private var trafficSeries: [Metric] {
        let engine = load.metrics
        return [
            counter("messages_received_total", "Messages received from clients.", engine.messagesReceived),
            counter("messages_sent_total", "Messages queued for clients, one per receiver.", engine.messagesSent),
            counter("messages_dropped_total", "Volatile messages dropped.", engine.messagesDropped),
            counters(
                "bytes_received_total", "Bytes of frames and payloads from clients.", by: "transport",
                [("polling", engine.pollingBytesReceived), ("websocket", engine.webSocketBytesReceived)]),
            counters(
                "bytes_sent_total", "Bytes of frames and payloads for clients.", by: "transport",
                [("polling", engine.pollingBytesSent), ("websocket", engine.webSocketBytesSent)]),
        ]
    }

    private var eventSeries: [Metric] {
        let server = server.metrics
        return [
            counter("events_total", "Events of clients handed to handlers.", server.events),
            counter("events_failed_total", "Events whose handler failed.", server.eventsFailed),
            Metric(
                "switchboard_event_seconds", help: "How long handlers took for an event; one event of 64 is measured.",
                server.eventTimes),
            Metric(
                "switchboard_connect_seconds",
                help: "How long it took to let a client into a namespace, or to refuse it, middleware included.",
                server.connectTimes),
            counter("connects_refused_total", "Clients not let into a namespace.", server.connectsRefused),
            Metric(
                "switchboard_broadcast_receivers",
                help: "Local sockets that a broadcast went to, for each event loop on its own.",
                server.broadcastReceivers),
        ]
    }

    private var listenerSeries: [Metric] {
        let listeners = load.listenerMetrics
        return [
            gauge("connections", "Open connections.", listeners.connections),
            counter("connections_accepted_total", "Connections accepted.", listeners.accepted),
            counters("connections_cut_total", "Connections cut, by reason.", by: "reason", listeners.cut),
        ]
    }
}
