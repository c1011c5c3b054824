/// The sessions of a shard, for it and for its timers. The timers have no reference to the shard itself: it would be a weak
/// one, and from then on each count of a reference to the shard, which every message takes, costs three times as much.
final class SessionTable {
    @exclusivity(unchecked) var byKey: [SessionKey: ServerSession] = [:]
}
