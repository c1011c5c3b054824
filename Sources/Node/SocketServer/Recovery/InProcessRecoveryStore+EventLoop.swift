import Adapter
import Cluster
import NIOCore

extension InProcessRecoveryStore {
    /// A store that takes the time from an event loop.
    convenience init(_ limits: RecoveryLimits, nodeTag: NodeTag, loop: any EventLoop) {
        self.init(
            // The tag is unique for this incarnation; the point ends it.
            epoch: nodeTag.text + ".", limits: limits,
            now: { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) },
            schedule: { delay, body in loop.scheduleTask(in: TimeAmount(delay), body) })
    }
}
