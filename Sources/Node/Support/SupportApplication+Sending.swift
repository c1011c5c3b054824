import Adapter
import SocketIO
import SocketServer

/// `mensaje_privado`, step by step (applications, B.5.4): read, find the recipient, count, store, publish, acknowledge.
extension SupportApplication {
    func send(_ event: AsyncEvent) async {
        let (handle, acknowledgement) = (event.socket, event.acknowledgement)
        guard let identity = try? await handle.withSocket({ $0.storage[SupportIdentityKey.self] }) else { return }
        do throws(SupportRefusal) {
            let request = try PrivateMessage(event.arguments, limit: configuration.maxText)
            let recipient = try await recipient(request.recipient, of: identity)
            try await countMessage(of: identity)
            let draft = MessageDraft(
                from: identity.user, to: recipient.name, text: request.text, clientID: request.clientID)
            // A task of its own, so that a client that goes away between storing and publishing does not cancel it.
            let stored = await Task { [self] in
                await store(draft, from: identity, to: recipient, socketID: handle.id)
            }.value
            let message = try stored.get()
            acknowledgement?(["ok": true, "id": .int(message.id), "fecha": .string(message.date)])
        } catch {
            refuse(error, acknowledgement)
        }
    }

    func refuse(_ refusal: SupportRefusal, _ acknowledgement: Acknowledgement?) {
        count { $0.refused[refusal, default: 0] += 1 }
        acknowledgement?(refusal.value)
    }

    /// The account that a message is for; `admin` stands for the desk.
    private func recipient(_ name: String, of identity: SupportIdentity) async throws(SupportRefusal) -> Account {
        let found: Account?
        do {
            found = try await accounts.account(named: name.lowercased() == "admin" ? configuration.deskAccount : name)
        } catch {
            log.notStored(error)
            throw .notStored
        }
        guard let found else { throw .unknownRecipient }
        let isBetweenUsers = identity.role == .user && found.role == .user && found.name != identity.user
        guard configuration.userToUser || !isBetweenUsers else { throw .recipientNotAllowed }
        return found
    }

    private func countMessage(of identity: SupportIdentity) async throws(SupportRefusal) {
        guard let rate = configuration.messageRate else { return }
        // The limiter takes keys of 200 bytes; names that begin with the same 40 characters share a bucket.
        let name = String(String.UnicodeScalarView(identity.user.lowercased().unicodeScalars.prefix(40)))
        guard await limiter.take(1, from: "support/message/" + name, rate) == .allowed else { throw .tooManyMessages }
    }

    /// Stores a message and, if it is new, publishes it.
    private func store(
        _ draft: MessageDraft, from identity: SupportIdentity, to recipient: Account, socketID: String
    ) async -> Result<StoredMessage, SupportRefusal> {
        do {
            switch try await messages.append(draft) {
            case .repeated(let message):
                count { $0.repeated += 1 }
                return .success(message)
            case .stored(let message):
                count { $0.stored += 1 }
                log.stored(message)
                let delivery = Delivery(
                    message: message, isFromAdmin: identity.role == .admin, isToAdmin: recipient.role == .admin,
                    socketID: socketID, clientID: draft.clientID)
                await publisher.publish(delivery, after: await predecessor(of: message, from: identity))
                return .success(message)
            }
        } catch .unknownAccount {
            return .failure(.unknownRecipient)
        } catch {
            log.notStored(error)
            return .failure(.notStored)
        }
    }

    /// The message before one in its conversation, if that was stored just before: then another node, or another task
    /// here, may be about to publish it.
    private func predecessor(of message: StoredMessage, from identity: SupportIdentity) async -> Int64? {
        // Of the two, an administrator has the most other conversations.
        let account = identity.role == .admin ? message.recipient : message.sender
        let page = HistoryPage(upTo: message.id - 1, limit: 8)
        let earlier = (try? await messages.messages(of: account, page)) ?? []
        let conversation = Conversation(of: message)
        guard let last = earlier.last(where: { Conversation(of: $0) == conversation }),
            message.milliseconds - last.milliseconds < configuration.orderWait.milliseconds
        else { return nil }
        return last.id
    }
}
