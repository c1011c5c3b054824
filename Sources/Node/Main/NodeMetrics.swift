import Adapter
import EngineIO
import EngineServer
import Meet
import RedisAdapter
import Support
import SupportWeb
import WebAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The series of a node's `/metrics`.
struct NodeMetrics: Sendable {
    let load: Load
    let application: MeetApplication
    let chat: SupportChat?
    let readiness: Readiness
    let adapters: any AdapterFactory
    let redis: RedisClient?

    var series: [Metric] {
        [
            Metric("switchboard_ready", .gauge, help: "Whether new sessions are welcome.", readiness.isReady ? 1 : 0),
            Metric("process_resident_memory_bytes", .gauge, help: "Resident memory.", Double(Self.residentMemory())),
        ] + engineSeries + listenerSeries + adapterSeries + redisSeries + meetSeries + supportSeries
    }

    private var engineSeries: [Metric] {
        let engine = load.metrics
        return [
            Metric("switchboard_sessions", .gauge, help: "Open Engine.IO sessions.", Double(engine.sessions)),
            Metric(
                "switchboard_sessions_opened_total", .counter, help: "Sessions opened, by first transport.",
                samples: engine.opened.map { .init(Double($0.value), labels: [("transport", $0.key.rawValue)]) }),
            Metric(
                "switchboard_sessions_closed_total", .counter, help: "Sessions closed, by reason.",
                samples: engine.closed.map { .init(Double($0.value), labels: [("reason", $0.key.rawValue)]) }),
            counter("upgrades_total", "Sessions that moved from polling to WebSocket.", engine.upgraded),
            counter("requests_refused_total", "Requests refused.", engine.refused),
            counter(
                "handshakes_limited_total", "Handshakes over the limit of their address.", engine.handshakesLimited),
            counter("messages_received_total", "Messages received from clients.", engine.messagesReceived),
            counter("messages_sent_total", "Messages queued for clients, one per receiver.", engine.messagesSent),
            counter("messages_dropped_total", "Volatile messages dropped.", engine.messagesDropped),
        ]
    }

    private var listenerSeries: [Metric] {
        let listeners = load.listenerMetrics
        return [
            Metric("switchboard_connections", .gauge, help: "Open connections.", Double(listeners.connections)),
            counter("connections_accepted_total", "Connections accepted.", listeners.accepted),
            Metric(
                "switchboard_connections_cut_total", .counter, help: "Connections cut, by reason.",
                samples: listeners.cut.map { .init(Double($0.value), labels: [("reason", $0.key.rawValue)]) }),
        ]
    }

    private var adapterSeries: [Metric] {
        let adapters = adapters.metrics
        let published = [
            ("broadcast", adapters.broadcasts), ("direct", adapters.direct), ("request", adapters.requests),
            ("answer", adapters.answers), ("announcement", adapters.announcements),
        ]
        return [
            Metric(
                "switchboard_cluster_published_total", .counter, help: "Publications for other nodes, by kind.",
                samples: published.map { .init(Double($0.1), labels: [("kind", $0.0)]) }),
            counter("cluster_received_total", "Events received from other nodes.", adapters.received),
            counter("cluster_missed_total", "Events of other nodes that did not arrive.", adapters.missed),
        ]
    }

    private var redisSeries: [Metric] {
        guard let redis else { return [] }
        return [
            counter(
                "redis_publications_dropped_total", "Publications never sent: Redis was away or slow.",
                Int(clamping: redis.droppedPublications)),
            counter(
                "redis_publications_unconfirmed_total", "Publications lost on the way to Redis, or perhaps not.",
                Int(clamping: redis.unconfirmedPublications)),
            Metric(
                "switchboard_redis_publications_kept", .gauge, help: "Publications that wait for Redis to come back.",
                Double(redis.keptPublications)),
        ]
    }

    private var meetSeries: [Metric] {
        let meet = application.metrics
        return [
            Metric(
                "switchboard_meet_online", .gauge, help: "Sockets of meet over all live nodes.", Double(meet.online)),
            counter("meet_chats_total", "Chats that began, per participant of this node.", meet.chats),
            counter("meet_messages_total", "Text messages accepted.", meet.messages),
            counter("meet_signals_total", "Offers, answers and candidates accepted.", meet.signals),
            Metric(
                "switchboard_meet_refused_total", .counter, help: "Events refused, by reason.",
                samples: meet.refused.map { .init(Double($0.value), labels: [("reason", $0.key.rawValue)]) }),
            counter(
                "meet_authentication_failures_total", "Connections refused by authentication.",
                meet.authenticationFailures),
        ]
    }

    private var supportSeries: [Metric] {
        guard let chat else { return [] }
        let (support, store) = (chat.application.metrics, chat.store.metrics)
        return [
            Metric(
                "switchboard_support_sockets", .gauge, help: "Sockets of support on this node.",
                Double(support.sockets)),
            counter("support_messages_stored_total", "Messages stored.", support.stored),
            counter("support_messages_repeated_total", "Messages that were stored before.", support.repeated),
            counter("support_messages_removed_total", "Messages removed as too old.", support.removed),
            Metric(
                "switchboard_support_refused_total", .counter, help: "Events refused, by reason.",
                samples: support.refused.map { .init(Double($0.value), labels: [("reason", $0.key.rawValue)]) }),
            Metric(
                "switchboard_support_authentication_failures_total", .counter,
                help: "Connections refused by authentication, by the text given.",
                samples: support.authenticationFailures.map {
                    .init(Double($0.value), labels: [("reason", $0.key)])
                }),
        ] + accountSeries(chat.accounts.metrics) + [
            counter("support_store_calls_total", "Calls of the database.", store.calls),
            counter("support_store_failures_total", "Calls of the database that failed.", store.failures),
            Metric(
                "switchboard_support_store_seconds_total", .counter, help: "Time spent in calls of the database.",
                store.time / .seconds(1)),
            Metric(
                "switchboard_support_store_available", .gauge, help: "Whether the last call was answered.",
                store.isAvailable ? 1 : 0),
        ]
    }

    private func accountSeries(_ accounts: SupportAccountMetrics) -> [Metric] {
        let logins = [
            ("done", accounts.logins), ("refused", accounts.loginsRefused), ("limited", accounts.loginsLimited),
        ]
        return [
            Metric(
                "switchboard_support_logins_total", .counter, help: "Logins to the HTTP interface, by result.",
                samples: logins.map { .init(Double($0.1), labels: [("result", $0.0)]) }),
            counter("support_registrations_total", "Accounts made by registration.", accounts.registrations),
            counter(
                "support_passwords_refused_total", "Passwords not worked on because too many waited.",
                accounts.passwordsRefused),
        ]
    }

    private func counter(_ name: String, _ help: String, _ value: Int) -> Metric {
        Metric("switchboard_\(name)", .counter, help: help, Double(value))
    }

    /// Resident memory in bytes, from the second figure of `/proc/self/statm`; 0 where there is none.
    private static func residentMemory() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        let count = fread(&buffer, 1, buffer.count, file)
        let fields = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
