import NIOCore

/// An object that belongs to one event loop, with the way to it from any thread.
struct Confined<Object>: Sendable {
    let eventLoop: any EventLoop
    private let box: NIOLoopBoundBox<Object>
    private let inbox: Inbox<Object>?

    /// Hands an object over to a loop.
    /// - Parameters:
    ///   - object: the object.
    ///   - eventLoop: the loop.
    ///   - inOrder: whether what is to be done with it is done in the order of the calls of all threads together. What
    ///     is called on the loop itself then waits for what others have handed over before.
    init(_ object: sending Object, to eventLoop: any EventLoop, inOrder: Bool = false) {
        self.eventLoop = eventLoop
        box = .makeBoxSendingValue(object, eventLoop: eventLoop)
        inbox = inOrder ? Inbox() : nil
    }

    /// The object. Only on its loop.
    var value: Object { box.value }

    /// Runs something on the loop: at once when called there, otherwise after what was handed over before.
    func run(_ body: @escaping @Sendable (Object) -> Void) {
        if let inbox {
            inbox.add(body)
            work()
        } else if eventLoop.inEventLoop {
            body(box.value)
        } else {
            eventLoop.execute { body(box.value) }
        }
    }
}

extension Confined {
    /// Hands a delivery over that ``work()`` begins: several objects can so be given theirs in one order. Only for
    /// objects that are used in order.
    func add(delivery body: @escaping @Sendable (Object) -> Void) {
        inbox?.add(body, isDelivery: true)
    }

    /// Does what was handed over: at once when called on the loop, otherwise soon.
    func work() {
        guard let inbox else { return }
        if eventLoop.inEventLoop {
            inbox.empty(with: box.value)
        } else if inbox.mustSchedule() {
            eventLoop.execute { inbox.emptyAsScheduled(with: box.value) }
        }
    }
}
