import Adapter
import EngineServer
import Matchmaking
import Meet
import SocketServer

extension NodeConfiguration {
    /// Turns connection state recovery on if participants of *meet* are to get back what they had. They pass middleware
    /// again, which identifies them.
    mutating func recover(for meet: MeetConfiguration) {
        let grace = meet.policy.reconnectGrace
        guard grace > .zero else { return }
        var recovery = server.recovery ?? RecoveryConfiguration(maxDisconnectionDuration: grace, skipMiddlewares: false)
        recovery.limits.maxDisconnectionDuration = max(recovery.limits.maxDisconnectionDuration, grace)
        recovery.limits.lossDetection = engine.pingInterval + engine.pingTimeout
        server.recovery = recovery
    }
}
