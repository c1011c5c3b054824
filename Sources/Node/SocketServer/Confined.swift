import NIOCore

/// An object that belongs to one event loop, with the way to it from any thread.
struct Confined<Object>: Sendable {
    let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<Object>

    /// Hands an object over to a loop.
    init(_ object: sending Object, to eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        box = .makeBoxSendingValue(object, eventLoop: eventLoop)
    }

    /// The object. Only on its loop.
    var value: Object { box.value }

    /// Runs something on the loop: at once when called there, otherwise after what was handed over before.
    func run(_ body: @escaping @Sendable (Object) -> Void) {
        if eventLoop.inEventLoop {
            body(box.value)
        } else {
            eventLoop.execute { body(box.value) }
        }
    }
}
