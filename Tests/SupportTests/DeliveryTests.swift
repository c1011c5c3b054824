import SocketIO
import Testing

@testable import Support

@Suite("Who gets a message, as what")
struct DeliveryTests {
    private func broadcasts(
        _ sender: String, _ recipient: String, fromAdmin: Bool = false, toAdmin: Bool = false, clientID: String? = nil
    ) -> [Delivery.Broadcast] {
        let message = StoredMessage(id: 7, from: sender, to: recipient, text: "hola", milliseconds: 1_800_000_000_001)
        return Delivery(
            message: message, isFromAdmin: fromAdmin, isToAdmin: toAdmin, socketID: "S", clientID: clientID
        ).broadcasts
    }

    @Test("Items 124, 125 and 133: from a user one broadcast to the union of recipient and administrators")
    func fromUser() {
        let sent = broadcasts("Ana", "admin", toAdmin: true, clientID: "c")
        #expect(sent.map(\.event) == ["mensaje_recibido", "mensaje_enviado"])
        #expect(sent.map(\.rooms) == [["user:admin", "admins"], ["user:Ana"]])
        #expect(sent.map(\.except) == [["S"], ["S"]])
        let date: Value = "2027-01-15T08:00:00.001Z"
        #expect(sent[0].payload == ["de": "Ana", "mensaje": "hola", "para": "admin", "id": 7, "fecha": date])
        #expect(
            sent[1].payload == ["para": "admin", "mensaje": "hola", "id": 7, "fecha": date, "idCliente": "c"])
    }

    @Test("Items 126, 127 and 130: an administrator's answer goes to the user; the others learn of it as mensaje_admin")
    func fromAdmin() {
        let answer = broadcasts("Eva", "Ana", fromAdmin: true)
        #expect(answer.map(\.event) == ["mensaje_recibido", "mensaje_enviado", "mensaje_admin"])
        #expect(answer.map(\.rooms) == [["user:Ana"], ["user:Eva"], ["admins"]])
        #expect(answer[2].except == ["user:Eva"])
        let colleague = broadcasts("Eva", "admin", fromAdmin: true, toAdmin: true)
        #expect(colleague.map(\.rooms) == [["user:admin"], ["user:Eva"]])
    }

    @Test("Item 131: to oneself is one event, to the other tabs")
    func toOneself() {
        let own = broadcasts("Eva", "Eva", fromAdmin: true, toAdmin: true)
        #expect(own.map(\.event) == ["mensaje_recibido"])
        #expect(own[0].rooms == ["user:Eva"])
    }

    @Test(
        "dates are those of JavaScript, to the millisecond",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_800_000_000_999, "2027-01-15T08:00:00.999Z"),
            (1_795_254_473_434, "2026-11-21T09:47:53.434Z"),
        ] as [(Int64, String)])
    func dates(milliseconds: Int64, text: String) {
        #expect(SupportTimestamp.text(milliseconds) == text)
    }
}

@Suite("Catching up")
struct CatchUpTests {
    private func message(_ id: Int64) -> StoredMessage {
        StoredMessage(id: id, from: "Ana", to: "admin", text: "m\(id)", milliseconds: 0)
    }

    private func ids(_ payload: Value) -> [Int64] { (payload["mensajes"]?.array ?? []).compactMap { $0["id"]?.int } }

    @Test("who says what it knows catches up, by number or text; nobody else")
    func asking() {
        #expect(CatchUp(["ultimoId": 7])?.page(limit: 10) == HistoryPage(after: 7, limit: 11))
        #expect(CatchUp(["ultimoId": "7"])?.last == 7)
        #expect(CatchUp(["ultimoId": 0])?.last == 0)
        for auth: Value in [[:], ["ultimoId": -1], ["ultimoId": "x"], ["ultimoId": nil], ["ultimoId": [1]]] {
            #expect(CatchUp(auth) == nil)
        }
    }

    @Test("what came live meanwhile is not repeated; more than the limit is said to be incomplete")
    func answer() throws {
        var catchUp = try #require(CatchUp(["ultimoId": 1]))
        catchUp.sent(["id": 3])
        catchUp.sent(nil)
        catchUp.sent("x")
        let all = catchUp.payload([message(2), message(3), message(4)], limit: 3)
        #expect(ids(all) == [2, 4])
        #expect(all["completa"] == true)
        let some = catchUp.payload([message(2), message(3), message(4)], limit: 2)
        #expect(ids(some) == [2])
        #expect(some["completa"] == false)
        #expect(catchUp.payload(nil, limit: 2) == ["mensajes": [], "completa": false])
    }
}
