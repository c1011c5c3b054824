import Adapter
import Cluster
import NIOCore
import SocketIO
import TestSupport
import Testing

extension AdapterCheck {
    static let broadcasts: [AdapterCheck] = [
        AdapterCheck("a broadcast reaches the sockets of all other nodes once, and not those of its own") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[0].adapter.publish(["b", 1, ["two": nil]], to: BroadcastOptions())
            for (node, namespace) in zip(nodes, started).dropFirst() {
                #expect(
                    await eventually {
                        namespace.local.deliveries == [
                            .init(
                                arguments: ["b", 1, ["two": nil]], receivers: [node.socket("a"), node.socket("b")],
                                flags: .init())
                        ]
                    })
            }
            started[1].adapter.publish(["end"], to: BroadcastOptions())
            #expect(await eventually { !started[0].local.deliveries.isEmpty })
            #expect(started[0].local.deliveries.map(\.arguments) == [["end"]])
        },
        AdapterCheck("rooms and exceptions select the receivers") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[0].adapter.publish(["one room"], to: BroadcastOptions(rooms: ["r"]))
            started[0].adapter.publish(["two rooms"], to: BroadcastOptions(rooms: ["r", nodes[1].socket("b")]))
            started[0].adapter.publish(["except"], to: BroadcastOptions(except: ["r"]))
            started[0].adapter.publish(["odd room"], to: BroadcastOptions(rooms: ["#r#"]))
            started[0].adapter.publish(["nobody"], to: BroadcastOptions(rooms: ["r"], except: ["r"]))
            started[0].adapter.publish(["end"], to: BroadcastOptions())
            let (a, b) = (nodes[1].socket("a"), nodes[1].socket("b"))
            #expect(await eventually { started[1].local.deliveries.last?.arguments == ["end"] })
            #expect(started[1].local.deliveries.map(\.receivers) == [[a], [a, b], [b], [a, b]])
        },
        AdapterCheck("an event for one socket reaches only that socket") { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            started[0].adapter.publish(["private"], to: BroadcastOptions(rooms: [nodes[2].socket("b")]))
            started[0].adapter.publish(["end"], to: BroadcastOptions())
            for namespace in started.dropFirst() {
                #expect(await eventually { namespace.local.deliveries.last?.arguments == ["end"] })
            }
            #expect(started[2].local.deliveries.first?.receivers == [nodes[2].socket("b")])
            #expect(started[1].local.deliveries.count == 1)
        },
        AdapterCheck("binary content, odd text and modifiers arrive as they were", nodes: 2) { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let arguments: Arguments = [
                "b", .binary(ByteBuffer(bytes: [0, 255, 10])), "ü\u{1F600}\"\\\n", -1.5, 9_007_199_254_740_991,
                ["nested": [.binary(ByteBuffer())]],
            ]
            var options = BroadcastOptions()
            options.flags.volatile = true
            options.flags.compress = false
            started[0].adapter.publish(arguments, to: options)
            #expect(await eventually { started[1].local.deliveries.count == 1 })
            #expect(started[1].local.deliveries.first?.arguments == arguments)
            #expect(started[1].local.deliveries.first?.flags == options.flags)
        },
        AdapterCheck("a local broadcast stays on its node", nodes: 2) { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            var options = BroadcastOptions()
            options.flags.local = true
            started[0].adapter.publish(["local"], to: options)
            started[0].adapter.publish(["end"], to: BroadcastOptions())
            #expect(await eventually { started[1].local.deliveries.map(\.arguments) == [["end"]] })
        },
        AdapterCheck(
            "what one node sends arrives in order, whatever way it takes", nodes: 2, ordersChannels: true
        ) { nodes in
            let started = try await nodes.startWithTwoSocketsEach()
            let targets: [[String]] = [[], ["r"], [nodes[1].socket("a")], ["r", "s"]]
            for number in 0..<400 {
                started[0].adapter.publish(
                    ["n", .int(Int64(number))], to: BroadcastOptions(rooms: targets[number % targets.count]))
            }
            #expect(await eventually { started[1].local.deliveries.count == 400 })
            #expect(started[1].local.deliveries.map { $0.arguments[1]?.int } == (0..<400).map { Int64($0) })
        },
        AdapterCheck("namespaces do not hear each other", nodes: 2) { nodes in
            let names = ["/", "/custom", "/custom#", "/*"]
            var started: [[StartedNamespace]] = []
            for name in names {
                started.append(
                    try await nodes.start(nodes.map { RecordingSockets(name, sockets: [$0.socket("a"): []]) }))
            }
            for (name, namespace) in zip(names, started) {
                namespace[0].adapter.publish([.string(name)], to: BroadcastOptions())
            }
            for (name, namespace) in zip(names, started) {
                #expect(await eventually { !namespace[1].local.deliveries.isEmpty })
                #expect(namespace[1].local.deliveries.map(\.arguments) == [[.string(name)]])
            }
        },
    ]
}
