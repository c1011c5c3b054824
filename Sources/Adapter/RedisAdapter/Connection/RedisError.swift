/// Why something asked of Redis did not happen, or is not known to have happened.
public enum RedisError: Error, Sendable, Equatable {
    /// A configuration that cannot work; the text says what is wrong with it.
    case invalidConfiguration(String)
    /// Nothing was sent: Redis cannot be reached, does not answer, or too much waits already.
    case unavailable
    /// No reply in time. It may or may not have been carried out.
    case timedOut
    /// The connection was lost before the reply. It may or may not have been carried out.
    case connectionLost
    /// Redis answered with this error.
    case refused(String)
    /// Redis answered with something else than the command's kind of reply.
    case unexpectedReply
    /// What came is not the Redis protocol.
    case protocolViolation(String)
}
