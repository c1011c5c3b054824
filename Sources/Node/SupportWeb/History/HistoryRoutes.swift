import HTTPTypes
import Hummingbird
import Support
import WebAPI

/// The message interface (applications, B.7): `/api/mensajes`, `/api/mensajes/mios`, `/api/usuarios-conversaciones`.
///
/// Messages come oldest first. Where more of them remain, the answer has a field `X-Siguiente`: with `desde` in the
/// request it is the next `desde`, otherwise the `hasta` of the page before. Ids only grow, so that rows which arrive
/// meanwhile move no page.
struct HistoryRoutes: Sendable {
    let messages: any MessageStore
    let access: AccessGuard
    let log: SupportWebLog

    func add(to router: Router<WebContext>) {
        router.get("/api/mensajes") { request, _ in
            _ = try await access.administrator(request)
            let query = HistoryQuery(request)
            let page = (account: try query.account(), part: try query.page())
            return try await answer(page.account, page.part, failing: .conversation)
        }
        router.get("/api/mensajes/mios") { request, _ in
            let identity = try await access.account(request)
            return try await answer(identity.user, try HistoryQuery(request).page(), failing: .own)
        }
        router.get("/api/usuarios-conversaciones") { request, _ in
            _ = try await access.administrator(request)
            do throws(StoreError) {
                return Response.json(.ok, try await messages.conversations())
            } catch {
                throw failure(.conversations, error)
            }
        }
    }

    private func answer(
        _ account: String, _ page: HistoryPage, failing read: SupportWebLog.Read
    ) async throws -> Response {
        var wider = page
        wider.limit += 1
        var found: [StoredMessage]
        do throws(StoreError) {
            found = try await messages.messages(of: account, wider)
        } catch {
            throw failure(read, error)
        }
        let next = Self.cut(&found, to: page)
        var response = Response.json(.ok, found.map(MessageRow.init))
        if let next, let name = HTTPField.Name("X-Siguiente") { response.headers[name] = String(next) }
        return response
    }

    /// Takes away the one message too many that shows that there are more.
    /// - Returns: the cursor that leads there.
    private static func cut(_ found: inout [StoredMessage], to page: HistoryPage) -> Int64? {
        guard found.count > page.limit else { return nil }
        guard page.after == nil else {
            found.removeLast(found.count - page.limit)
            return found.last?.id
        }
        let older = found[found.count - page.limit - 1].id
        found.removeFirst(found.count - page.limit)
        return older
    }

    private func failure(_ read: SupportWebLog.Read, _ error: StoreError) -> Denial {
        log.failed(read, error)
        return .json(.internalServerError, read.message)
    }
}
