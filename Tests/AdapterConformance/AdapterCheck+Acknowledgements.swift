import Adapter
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

extension AdapterCheck {
    static let acknowledgements: [AdapterCheck] = [
        AdapterCheck("acknowledgements of all matching clients are collected") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let answer = await started[0].adapter.publishExpectingAcknowledgements(
                ["ask", .binary(ByteBuffer(bytes: [9]))], to: BroadcastOptions(), timeout: .seconds(10))
            #expect(answer.expected == 4 && answer.missing == 0)
            #expect(
                answer.elements.compactMap(\.string).sorted()
                    == [nodes[1], nodes[2]].flatMap { [$0.socket("a"), $0.socket("b")] }.sorted())
            #expect(started[1].local.deliveries.first?.arguments == ["ask", .binary(ByteBuffer(bytes: [9]))])
        },
        AdapterCheck("no matching client is a complete answer") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let answer = await started[0].adapter.publishExpectingAcknowledgements(
                ["ask"], to: BroadcastOptions(rooms: ["nobody"]), timeout: .seconds(10))
            #expect(answer.elements.isEmpty && answer.expected == 0 && answer.missing == 0)
        },
        AdapterCheck("a silent client is missing; the others' acknowledgements are there", nodes: 2) { nodes in
            let silent = nodes[1].socket("b")
            let started = try await nodes.start([
                RecordingSockets(),
                RecordingSockets(sockets: [nodes[1].socket("a"): [], silent: []], silent: [silent]),
            ])
            let answer = await started[0].adapter.publishExpectingAcknowledgements(
                ["ask"], to: BroadcastOptions(), timeout: .milliseconds(300))
            #expect(answer.elements == [.string(nodes[1].socket("a"))])
            #expect(answer.expected == 2 && answer.missing == 1)
        },
        AdapterCheck("many requests at the same time do not mix") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let answers = await withTaskGroup(of: [String].self) { group in
                for number in 0..<50 {
                    let node = nodes[1 + number % 2]
                    group.addTask {
                        await started[0].adapter.fetchSockets(BroadcastOptions(rooms: [node.socket("a")]))
                            .elements.map(\.id)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.count == 1 })
            #expect(answers.filter { $0 == [nodes[1].socket("a")] }.count == 25)
        },
    ]
}
