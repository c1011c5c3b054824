public import ArgumentParser

/// The options of every process that uses Redis, beside the URLs that say where it is; include it with `@OptionGroup` and
/// read it by `Settings.redis(_:at:)`.
public struct RedisOptions: ParsableArguments {
    /// Path of the authorities.
    @Option(
        help:
            "File of the authorities whose certificates Redis may have, in PEM form; read at every connection. (default: the system's)"
    )
    public var redisCa: String?

    /// Path of the client certificate.
    @Option(help: "File of the certificate that Redis is shown, in PEM form.")
    public var redisCertificate: String?

    /// Path of the private key.
    @Option(help: "File of that certificate's private key in PEM form.")
    public var redisKey: String?

    /// Name of the server.
    @Option(help: "Name that the certificate of Redis must have. (default: the host of the URL)")
    public var redisServerName: String?

    /// What becomes of publications during an outage.
    @Option(
        help: """
            What is published while Redis is away: keep:BYTES of it wait and are sent when everybody is back, the oldest \
            dropped if there is more; or drop. What is dropped is logged, and counted in /metrics. (default: \
            keep:8388608)
            """)
    public var redisOutage: String?

    /// For the argument parser.
    public init() {}
}
