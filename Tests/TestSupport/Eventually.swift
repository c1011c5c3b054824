/// Waits until a condition holds, looking every 5 milliseconds.
/// - Parameters:
///   - deadline: how long at most; default 10 seconds.
///   - condition: what is waited for.
/// - Returns: whether it came to hold in time.
public func eventually(
    within deadline: Duration = .seconds(10), _ condition: @Sendable () async -> Bool
) async -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + deadline
    while clock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await condition()
}
