public import Launch
public import RedisAdapter

extension Settings {
    /// The Redis that `--redis` names, if it does.
    /// - Parameters:
    ///   - options: how it is spoken to.
    ///   - argument: what the command line said for `--redis`.
    /// - Returns: `nil` if no Redis is named.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment, the file or a file that is named
    ///   is; the line does not repeat the URL, which may have a password.
    public func redis(_ options: RedisOptions, at argument: String?) throws(LaunchError) -> RedisConfiguration? {
        guard let url = text("redis", argument) else { return nil }
        do {
            return try redis(options, configuration: RedisConfiguration(url: url))
        } catch let error as LaunchError {
            throw error
        } catch {
            let line = "redis: \(Self.problem(error))"
            try reject(argument == nil ? .configuration(line) : .usage("--\(line)"))
            return nil
        }
    }

    /// Completes the configuration of a client. A password that the URL does not have comes from
    /// `SWITCHBOARD_REDIS_PASSWORD`, that of the sentinels from `SWITCHBOARD_REDIS_SENTINEL_PASSWORD`, in environment or
    /// file.
    /// - Parameters:
    ///   - options: how Redis is spoken to.
    ///   - configuration: what its URL says.
    /// - Returns: what a client needs.
    /// - Throws: `LaunchError`: 64 if the command line is wrong, 78 if the environment, the file or a file that is named
    ///   is.
    public func redis(
        _ options: RedisOptions, configuration: RedisConfiguration
    ) throws(LaunchError) -> RedisConfiguration {
        var configuration = configuration
        if configuration.password == nil { configuration.password = try secret(.redisPassword) }
        configuration.sentinelPassword = try secret(.redisSentinelPassword)
        configuration.outage = try value(
            "redis-outage", options.redisOutage, default: configuration.outage, "drop or keep:BYTES", OutagePolicy.init)
        try readTLS(options, &configuration)
        do {
            try configuration.validate()
        } catch {
            try reject(.configuration("redis: \(Self.problem(error))"))
        }
        return configuration
    }

    private func readTLS(_ options: RedisOptions, _ configuration: inout RedisConfiguration) throws(LaunchError) {
        var tls = RedisConfiguration.TLS()
        tls.authorityFile = text("redis-ca", options.redisCa)
        tls.certificateFile = text("redis-certificate", options.redisCertificate)
        tls.keyFile = text("redis-key", options.redisKey)
        tls.serverName = text("redis-server-name", options.redisServerName)
        if configuration.tls == nil, tls != RedisConfiguration.TLS() {
            try reject(.configuration("--redis-ca and the like are for rediss:// URLs"))
        }
        if configuration.tls != nil { configuration.tls = tls }
    }

    private static func problem(_ error: any Error) -> String {
        if case RedisError.invalidConfiguration(let problem) = error { problem } else { "\(error)" }
    }
}
