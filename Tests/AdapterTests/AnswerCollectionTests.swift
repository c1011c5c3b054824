import Cluster
import SocketIO
import Testing

@testable import Adapter

@Suite struct AnswerCollectionTests {
    private let a = NodeTag("AAAAAA")
    private let b = NodeTag("BBBBBB")

    private func sighting(_ tag: NodeTag?, isLiving: Bool = true, isSubscribed: Bool = true) throws
        -> Respondents.Sighting
    {
        Respondents.Sighting(tag: try #require(tag), isLiving: isLiving, isSubscribed: isSubscribed)
    }

    private func collection(_ respondents: Respondents) -> AnswerCollection<Value> {
        AnswerCollection(respondents) { answer in
            guard case .sockets(let values) = answer else { return nil }
            return values
        }
    }

    @Test("complete when all who were asked have answered; what comes later, or answers something else, is ignored")
    func nodes() {
        var collection = collection(Respondents(count: 2))
        #expect(!collection.isComplete)
        collection.received(.sockets([1, 2]), from: nil)
        collection.received(.clientCount(7), from: nil)
        #expect(collection.answer.missing == 1)
        collection.received(.sockets([]), from: nil)
        #expect(collection.isComplete)
        collection.received(.sockets([3]), from: nil)
        #expect(collection.answer.elements == [1, 2])
        #expect(collection.answer.expected == 2 && collection.answer.missing == 0 && collection.answer.silent.isEmpty)
    }

    @Test("members are asked if they are subscribed and hold a lease; without a lease they count as silent at once")
    func respondents() throws {
        let respondents = Respondents(
            count: 3, sightings: [try sighting(a), try sighting(b, isLiving: false)])
        #expect((respondents.members, respondents.others) == (Set([try #require(a)]), 1))
        #expect(respondents.silent == [SilentNode(tag: b, reason: .leaseOver)])
        let unsubscribed = Respondents(count: 1, sightings: [try sighting(a, isSubscribed: false)])
        #expect((unsubscribed.members, unsubscribed.others) == ([], 1))
    }

    @Test("a member answers once; who never answers is named with the reason")
    func silence() throws {
        var collection = collection(Respondents(count: 3, sightings: [try sighting(a), try sighting(b)]))
        collection.received(.sockets([1]), from: a)
        collection.giveUp(.timedOut)
        #expect(collection.isComplete)
        let answer = collection.answer
        #expect((answer.expected, answer.missing) == (3, 2))
        #expect(answer.silent == [SilentNode(tag: b, reason: .timedOut), SilentNode(tag: nil, reason: .timedOut)])
    }

    @Test("nobody waits for a member that is lost meanwhile")
    func lost() throws {
        var collection = collection(Respondents(count: 2, sightings: [try sighting(a), try sighting(b)]))
        collection.received(.sockets([1]), from: a)
        if let b { collection.lost(b) }
        #expect(collection.isComplete)
        #expect(collection.answer.elements == [1])
        #expect((collection.answer.expected, collection.answer.missing) == (2, 1))
        #expect(collection.answer.silent == [SilentNode(tag: b, reason: .leaseOver)])
    }

    @Test("nobody can be asked when the link is down")
    func unreachable() throws {
        let collection = collection(Respondents(unreachable: 2, living: [try #require(a)]))
        #expect(collection.isComplete)
        #expect((collection.answer.expected, collection.answer.missing) == (2, 2))
        let silent = [SilentNode(tag: a, reason: .linkDown), SilentNode(tag: nil, reason: .linkDown)]
        #expect(collection.answer.silent == silent)
    }
}

@Suite struct AcknowledgementCollectionTests {
    @Test("complete when all nodes have counted and all counted clients have acknowledged")
    func acknowledgements() {
        var collection = AcknowledgementCollection(Respondents(count: 2))
        collection.received(.clientCount(1), from: nil)
        collection.received(.acknowledgement("a"), from: nil)
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 2 && collection.answer.missing == 1)
        collection.received(.clientCount(2), from: nil)
        collection.received(.acknowledgement("b"), from: nil)
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 3 && collection.answer.missing == 1)
        collection.received(.acknowledgement("c"), from: nil)
        #expect(collection.isComplete)
        collection.received(.acknowledgement("d"), from: nil)
        collection.received(.clientCount(9), from: nil)
        #expect(collection.answer.elements == ["a", "b", "c"])
        #expect(collection.answer.expected == 3 && collection.answer.missing == 0)
    }

    @Test("an acknowledgement may come before another node has counted")
    func overtaking() {
        var collection = AcknowledgementCollection(Respondents(count: 2))
        collection.received(.clientCount(0), from: nil)
        collection.received(.acknowledgement("early"), from: nil)
        #expect(!collection.isComplete)
        #expect(collection.answer.expected == 2 && collection.answer.missing == 1)
        collection.received(.clientCount(1), from: nil)
        #expect(collection.isComplete)
    }

    @Test("clients of a node that is lost are missing, and nobody waits for them")
    func lost() throws {
        let (a, b) = (try #require(NodeTag("AAAAAA")), try #require(NodeTag("BBBBBB")))
        let sightings = [a, b].map { Respondents.Sighting(tag: $0, isLiving: true, isSubscribed: true) }
        var collection = AcknowledgementCollection(Respondents(count: 2, sightings: sightings))
        collection.received(.clientCount(2), from: a)
        collection.received(.clientCount(1), from: b)
        collection.received(.acknowledgement("1"), from: a)
        collection.received(.acknowledgement("2"), from: b)
        #expect(!collection.isComplete)
        collection.lost(b)
        #expect(!collection.isComplete && collection.answer.silent.isEmpty)
        collection.lost(a)
        #expect(collection.isComplete)
        #expect(collection.answer.elements == ["1", "2"])
        #expect((collection.answer.expected, collection.answer.missing) == (3, 1))
        #expect(collection.answer.silent == [SilentNode(tag: a, reason: .leaseOver)])
    }
}
