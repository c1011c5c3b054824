import NIOCore
import SocketServer

struct Say: Codable {
    var room: String
    var text: String
}
struct Receipt: Codable {
    var id: Int
}

enum Chat {
    static let say = SocketEvent<(Say) -> Receipt>("say")  // {room, text}, acknowledged with {id}
    static let move = SocketEvent<(Double, Double) -> Void>("move")  // two arguments
    static let ready = SocketEvent<() -> Void>("ready")  // none
    static let photo = SocketEvent<(ByteBuffer, String?) -> Void>("photo")
}

extension SocketEvent<(Say) -> Receipt> { static var say: Self { Chat.say } }

extension SocketEvent<(Say) -> Int> { static var say: Self { Self("say") } }

/// The examples of the article about typed events, to be compiled. Nothing here is called.
struct TypedEventSamples {
    let chat: Namespace
    let store: Store

    func typedEvents() {
        chat.on(Chat.say) { say, event in
            event.socket.to(say.room).emit(Chat.move, 0.5, 1)
            return Receipt(id: 7)
        }
        chat.on(Chat.photo) { photo, caption, event in
            try await store.keep(photo, caption)  // asynchronous, see <doc:HandlingEvents>
        }
        chat.to("lobby").emit(Chat.ready)
    }
}
