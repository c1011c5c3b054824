import SocketIO
import Testing

@testable import Adapter

@Suite struct AnswerCollectionTests {
    @Test("complete when as many nodes have answered as were asked; what comes later is ignored")
    func nodes() {
        var collection = AnswerCollection<Int>(nodes: 2)
        #expect(!collection.isComplete)
        collection.received([1, 2])
        #expect(collection.answer.missing == 1)
        collection.received([])
        #expect(collection.isComplete)
        collection.received([3])
        #expect(collection.answer.elements == [1, 2])
        #expect(collection.answer.expected == 2 && collection.answer.missing == 0)
    }

    @Test("acknowledgements are complete when all nodes have counted and all counted clients have acknowledged")
    func acknowledgements() {
        var collection = AcknowledgementCollection(nodes: 2)
        collection.received(clientCount: 1)
        collection.received("a")
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 2 && collection.answer.missing == 1)
        collection.received(clientCount: 2)
        collection.received("b")
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 3 && collection.answer.missing == 1)
        collection.received("c")
        #expect(collection.isComplete)
        collection.received("d")
        collection.received(clientCount: 9)
        #expect(collection.answer.elements == ["a", "b", "c"])
        #expect(collection.answer.expected == 3 && collection.answer.missing == 0)
    }

    @Test("an acknowledgement may come before another node has counted")
    func overtaking() {
        var collection = AcknowledgementCollection(nodes: 2)
        collection.received(clientCount: 0)
        collection.received("early")
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 2 && collection.answer.missing == 1)
        collection.received(clientCount: 1)
        #expect(collection.isComplete)
    }
}
