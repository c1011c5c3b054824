import Adapter
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

extension AdapterCheck {
    static let requests: [AdapterCheck] = [
        AdapterCheck("sockets of the other nodes are described") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let all = await started[0].adapter.fetchSockets(BroadcastOptions())
            #expect(all.expected == 2 && all.missing == 0)
            #expect(
                all.elements.map(\.id).sorted()
                    == [nodes[1], nodes[2]].flatMap { [$0.socket("a"), $0.socket("b")] }.sorted())
            let some = await started[0].adapter.fetchSockets(
                BroadcastOptions(rooms: ["r"], except: [nodes[2].socket("a")]))
            let socket = try #require(some.elements.first)
            #expect(some.elements.count == 1)
            #expect(socket.id == nodes[1].socket("a"))
            #expect(Set(socket.rooms) == [nodes[1].socket("a"), "r"])
            #expect(socket.handshake == ["address": "127.0.0.1", "auth": ["token": "t"]])
            #expect(socket.data == ["name": .string("name of \(nodes[1].socket("a"))")])
        },
        AdapterCheck("rooms of the other nodes are listed once") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let rooms = await started[0].adapter.allRooms()
            #expect(rooms.missing == 0)
            #expect(
                rooms.elements.sorted()
                    == ([nodes[1], nodes[2]].flatMap { [$0.socket("a"), $0.socket("b")] } + ["r"]).sorted())
        },
        AdapterCheck("sockets of other nodes join and leave rooms and are disconnected") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[0].adapter.join(["x", "y"], BroadcastOptions(rooms: ["r"]))
            started[0].adapter.leave(["y", "r"], BroadcastOptions(rooms: ["x"]))
            started[0].adapter.disconnect(BroadcastOptions(except: ["x"]), close: true)
            for (node, namespace) in zip(nodes, started).dropFirst() {
                #expect(await eventually { namespace.local.disconnected == [node.socket("b"): true] })
                #expect(namespace.local.sockets == [node.socket("a"): [node.socket("a"), "x"]])
            }
            #expect(started[0].local.sockets.count == 2 && started[0].local.disconnected.isEmpty)
        },
        AdapterCheck("an event for the servers reaches all others once") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[0].adapter.serverSideEmit(["hello", 1, ["a": 1]])
            for namespace in started.dropFirst() {
                #expect(await eventually { namespace.local.serverEvents == [["hello", 1, ["a": 1]]] })
            }
            started[1].adapter.serverSideEmit(["end"])
            #expect(await eventually { started[0].local.serverEvents == [["end"]] })
        },
        AdapterCheck("the servers' answers are collected") { nodes in
            let started = try await nodes.start(
                nodes.enumerated().map { RecordingSockets(serverAnswer: .string("answer \($0.offset)")) })
            let answer = await started[0].adapter.serverSideEmit(["ask"], timeout: .seconds(10))
            #expect(answer.elements.compactMap(\.string).sorted() == ["answer 1", "answer 2"])
            #expect(answer.expected == 2 && answer.missing == 0)
        },
        AdapterCheck("a silent server is counted as missing; the others' answers are there") { nodes in
            let started = try await nodes.start([
                RecordingSockets(), RecordingSockets(serverAnswer: nil), RecordingSockets(serverAnswer: "here"),
            ])
            let answer = await started[0].adapter.serverSideEmit(["ask"], timeout: .milliseconds(300))
            #expect(answer.elements == ["here"])
            #expect(answer.expected == 2 && answer.missing == 1)
        },
        AdapterCheck("a stopped adapter receives nothing and is not counted; the namespace may start again") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[2].adapter.stop()
            for namespace in started.prefix(2) {
                #expect(await eventually { await namespace.adapter.serverCount() == 2 })
            }
            started[0].adapter.publish(["missed"], to: BroadcastOptions())
            #expect(await eventually { started[1].local.deliveries.map(\.arguments) == [["missed"]] })
            let answer = await started[0].adapter.fetchSockets(BroadcastOptions())
            #expect((answer.elements.count, answer.expected, answer.missing) == (2, 1, 0))
            let local = RecordingSockets("/", sockets: [nodes[2].socket("c"): []])
            let again = nodes[2].factory.makeAdapter(namespace: "/")
            again.start(local)
            try #require(await eventually { await started[0].adapter.serverCount() == 3 })
            started[0].adapter.publish(["seen"], to: BroadcastOptions())
            #expect(await eventually { local.deliveries.map(\.arguments) == [["seen"]] })
            #expect(started[2].local.deliveries.isEmpty)
        },
        AdapterCheck("a node that runs alone answers nothing, at once", nodes: 1) { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let adapter = started[0].adapter
            #expect(await adapter.serverCount() == 1)
            let sockets = await adapter.fetchSockets(BroadcastOptions())
            #expect(sockets.elements.isEmpty && sockets.expected == 0 && sockets.missing == 0)
            let acknowledged = await adapter.publishExpectingAcknowledgements(
                ["ask"], to: BroadcastOptions(), timeout: .seconds(10))
            #expect(acknowledged.expected == 0 && acknowledged.missing == 0)
        },
    ]
}
