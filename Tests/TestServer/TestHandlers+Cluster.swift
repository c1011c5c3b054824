import Adapter
import Cluster
import SocketIO
import SocketServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

let processID = Int64(getpid())

extension TestHandlers {
    /// What concerns the sockets and servers of the whole cluster.
    func registerCluster(on namespace: Namespace) {
        registerQuestions(on: namespace)
        registerQueries(on: namespace)
        registerOperations(on: namespace)
        registerServerEvents(on: namespace)
    }

    private func registerQuestions(on namespace: Namespace) {
        namespace.on("ask-all") { event in
            let arguments = event.arguments
            event.acknowledge {
                let answer = await namespace.timeout(.seconds(1)).emitWithAcknowledgement("ask", arguments: arguments)
                return answer.reply("operation has timed out")
            }
        }
        namespace.on("ask-room") { event in
            let (room, arguments) = (try event.text(0), event.arguments.dropFirst())
            event.acknowledge {
                let receivers = namespace.to(room).timeout(.seconds(1))
                return await receivers.emitWithAcknowledgement("ask", arguments: arguments)
                    .reply("operation has timed out")
            }
        }
    }

    private func registerQueries(on namespace: Namespace) {
        namespace.on("fetch") { event in
            let receivers = event.receivers(0)
            event.acknowledge {
                let answer = await receivers.fetchSockets()
                guard answer.missing == 0 else { return ["timeout reached while waiting for fetchSockets response"] }
                return [.null, .array(answer.elements.map(\.summary))]
            }
        }
        namespace.on("who-answers") { event in
            event.acknowledge { [await namespace.fetchSockets().report] }
        }
        namespace.on("who-answers-servers") { event in
            event.acknowledge {
                [await namespace.serverSideEmitWithAcknowledgement("hello-ack", timeout: .seconds(3)).report]
            }
        }
        namespace.on("who-acknowledges") { event in
            event.acknowledge { [await namespace.timeout(.seconds(3)).emitWithAcknowledgement("ask").report] }
        }
        namespace.on("all-rooms") { event in
            event.acknowledge {
                let rooms = await namespace.allRooms().elements.sorted()
                return [.array(rooms.map { .string($0) })]
            }
        }
        namespace.on("server-count") { event in
            event.acknowledge { [.int(Int64(await namespace.serverCount()))] }
        }
    }

    private func registerOperations(on namespace: Namespace) {
        namespace.on("sockets-join") { event in
            event.receivers(0).socketsJoin(try event.text(1))
            event.acknowledge("ok")
        }
        namespace.on("sockets-leave") { event in
            event.receivers(0).socketsLeave(try event.text(1))
            event.acknowledge("ok")
        }
        namespace.on("kick") { event in
            let room = try event.text(0)
            event.acknowledge("ok")
            namespace.to(room).disconnectSockets(close: event.arguments[1]?.bool ?? false)
        }
    }

    private func registerServerEvents(on namespace: Namespace) {
        namespace.onServerEvent("hello-ack") { [nodeName] _, acknowledge in
            acknowledge?(.string("from \(nodeName)"))
        }
        namespace.on("sse") { event in
            namespace.serverSideEmit("hello", arguments: event.arguments)
            event.acknowledge("ok")
        }
        namespace.on("sse-ack") { event in
            let arguments = event.arguments
            event.acknowledge {
                let answer = await namespace.serverSideEmitWithAcknowledgement("hello-ack", arguments: arguments)
                let received = answer.expected - answer.missing
                return answer.reply("timeout reached: only \(received) responses received out of \(answer.expected)")
            }
        }
    }
}

extension Event {
    /// The sockets of the room that an argument names; all if it is null or absent.
    fileprivate func receivers(_ index: Int) -> BroadcastOperator {
        arguments[index]?.string.map { socket.namespace.to($0) } ?? socket.namespace.everybody
    }
}

extension ClusterAnswer {
    /// How much came, how much did not, and who was silent.
    fileprivate var report: Value {
        let silent = silent.map { node -> Value in
            ["tag": node.tag.map { .string($0.text) } ?? .null, "reason": .string(node.reason.rawValue)]
        }
        return [
            "answers": .int(Int64(elements.count)), "expected": .int(Int64(expected)),
            "missing": .int(Int64(missing)), "silent": .array(silent),
        ]
    }
}

extension ClusterAnswer<Value> {
    /// The arguments of an acknowledgement: an error's text if answers are missing, otherwise null; then the answers.
    fileprivate func reply(_ error: String) -> Arguments {
        [missing == 0 ? .null : .string(error), .array(elements)]
    }
}

extension RemoteSocket {
    /// What the event `fetch` tells of a socket.
    fileprivate var summary: Value {
        ["id": .string(id), "rooms": .array(rooms.sorted().map { .string($0) }), "data": data]
    }
}
