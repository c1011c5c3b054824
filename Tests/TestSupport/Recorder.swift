import Synchronization

/// Collects what callbacks report, from any thread.
public final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    /// Creates an empty recorder.
    public init() {}

    /// Everything reported so far, in order.
    public var all: [Element] { elements.withLock { $0 } }

    /// Adds something.
    /// - Parameter element: what was reported.
    public func record(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}
