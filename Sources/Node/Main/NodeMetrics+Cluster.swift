import Adapter
import Figures
import RedisAdapter

// What a node shares with others.
extension NodeMetrics {
    var adapterSeries: [Metric] {
        let adapters = adapters.metrics
        return [
            counters(
                "cluster_published_total", "Publications for other nodes, by kind.", by: "kind",
                [
                    ("broadcast", adapters.broadcasts), ("direct", adapters.direct), ("request", adapters.requests),
                    ("answer", adapters.answers), ("announcement", adapters.announcements),
                ]),
            counter("cluster_received_total", "Events received from other nodes.", adapters.received),
            counter("cluster_missed_total", "Events of other nodes that did not arrive.", adapters.missed),
        ]
    }

    /// Nothing without Redis.
    var redisSeries: [Metric] {
        guard let (client, watch) = redis else { return [] }
        let redis = watch.metrics
        return [
            gauge("redis_up", "Whether Redis can be used.", redis.state == .connected ? 1 : 0),
            counter("redis_losses_total", "How often Redis could no longer be used.", redis.losses),
            Metric(
                "switchboard_cluster_lag_seconds",
                help: "How long publications took from this node through Redis and back, once a second.", redis.delays),
            counter(
                "cluster_echoes_lost_total", "Such publications that did not come back within a second.",
                redis.echoesLost),
            counter(
                "redis_publications_dropped_total", "Publications never sent: Redis was away or slow.",
                Int(clamping: client.droppedPublications)),
            counter(
                "redis_publications_unconfirmed_total", "Publications lost on the way to Redis, or perhaps not.",
                Int(clamping: client.unconfirmedPublications)),
            gauge("redis_publications_kept", "Publications that wait for Redis to come back.", client.keptPublications),
        ]
    }
}
