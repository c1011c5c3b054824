import NIOCore

/// What the HTTP connections of one listener share on one event loop. Confined to the loop.
final class ListenerLoop {
    let loop: any EventLoop
    /// When connections are cut.
    let deadlines: DeadlineWheel
    /// Who has a response that leaves at the end of the turn.
    let outbox: Outbox

    init(_ loop: any EventLoop) {
        self.loop = loop
        deadlines = DeadlineWheel(loop: loop)
        outbox = Outbox(loop: loop)
    }
}
