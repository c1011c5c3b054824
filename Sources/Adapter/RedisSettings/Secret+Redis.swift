public import Launch

extension Secret {
    /// The password of Redis.
    static let redisPassword = Secret("redis-password", "password of Redis that its URL does not have")
    /// The password of the sentinels.
    static let redisSentinelPassword = Secret("redis-sentinel-password", "password of the sentinels")

    /// What `Settings.redis(_:at:)` reads.
    public static let redis = [redisPassword, redisSentinelPassword]
}
