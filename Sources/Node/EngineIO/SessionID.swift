/// The id of a session as a request names it, in place: as a text it would be an object of its own with every request.
package struct SessionID: Equatable, Sendable {
    /// More than an id of ours has, so that what is cut is none of ours.
    private static let capacity = 24

    /// Its bytes, of which the first ``count`` mean something; all others are zero.
    package private(set) var bytes = InlineArray<24, UInt8>(repeating: 0)
    /// How many there are. What is longer than 24 bytes is cut.
    package private(set) var count = 0

    init() {}

    init(_ text: UnsafeRawBufferPointer) {
        count = min(text.count, Self.capacity)
        withUnsafeMutableBytes(of: &bytes) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<count])) }
    }

    /// An id that is a text.
    /// - Parameter text: the id.
    package init(_ text: String) {
        var text = text
        self = text.withUTF8 { SessionID(UnsafeRawBufferPointer($0)) }
    }

    package static func == (left: SessionID, right: SessionID) -> Bool {
        left.count == right.count && left.bytes.indices.allSatisfy { left.bytes[$0] == right.bytes[$0] }
    }
}
