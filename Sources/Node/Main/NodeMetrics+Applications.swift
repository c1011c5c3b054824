import Figures
import Meet
import Support
import SupportWeb

// What the applications count.
extension NodeMetrics {
    var meetSeries: [Metric] {
        let meet = application.metrics
        return [
            gauge("meet_online", "Sockets of meet over all live nodes.", meet.online),
            gauge("meet_waiting", "Participants of this node that wait for a partner.", meet.waiting),
            Metric(
                "switchboard_meet_longest_wait_seconds", .gauge,
                help: "How long the one waits that has waited longest.", meet.longestWait / .seconds(1)),
            gauge(
                "meet_chatting", "Participants of this node in a chat; a pair has two, on one or two nodes.",
                meet.chatting),
            Metric(
                "switchboard_meet_match_seconds",
                help: "How long participants waited for a partner, from their request.",
                meet.matchTimes),
            counter("meet_chats_total", "Chats that began, per participant of this node.", meet.chats),
            counter("meet_messages_total", "Text messages accepted.", meet.messages),
            counter("meet_signals_total", "Offers, answers and candidates accepted.", meet.signals),
            counters("meet_refused_total", "Events refused, by reason.", by: "reason", meet.refused),
            counter(
                "meet_authentication_failures_total", "Connections refused by authentication.",
                meet.authenticationFailures),
        ]
    }

    /// Nothing without a listener `support`.
    var supportSeries: [Metric] {
        guard let chat else { return [] }
        let support = chat.application.metrics
        return [
            gauge("support_sockets", "Sockets of support on this node.", support.sockets),
            counter("support_messages_stored_total", "Messages stored.", support.stored),
            counter("support_messages_repeated_total", "Messages that were stored before.", support.repeated),
            counter("support_messages_removed_total", "Messages removed as too old.", support.removed),
            counters("support_refused_total", "Events refused, by reason.", by: "reason", support.refused),
            counters(
                "support_authentication_failures_total",
                "Connections refused by authentication, by the text given.", by: "reason",
                support.authenticationFailures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
        ] + accountSeries(chat.accounts.metrics) + storeSeries(chat.store.metrics)
    }

    private func accountSeries(_ accounts: SupportAccountMetrics) -> [Metric] {
        [
            counters(
                "support_logins_total", "Logins to the HTTP interface, by result.", by: "result",
                [
                    ("done", accounts.logins), ("refused", accounts.loginsRefused),
                    ("limited", accounts.loginsLimited),
                ]),
            counter("support_registrations_total", "Accounts made by registration.", accounts.registrations),
            counter(
                "support_passwords_refused_total", "Passwords not worked on because too many waited.",
                accounts.passwordsRefused),
        ]
    }

    private func storeSeries(_ store: StoreMetrics) -> [Metric] {
        [
            counter("support_store_calls_total", "Calls of the database.", store.calls),
            counter("support_store_failures_total", "Calls of the database that failed.", store.failures),
            Metric(
                "switchboard_support_store_seconds", help: "How long calls of the database took, waiting included.",
                store.times),
            gauge("support_store_available", "Whether the last call was answered.", store.isAvailable ? 1 : 0),
        ]
    }
}
