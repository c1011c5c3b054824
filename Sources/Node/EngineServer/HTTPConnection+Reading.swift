import HTTPCodec
import NIOCore
import NIOHTTP1

// Requests, as they arrive.

extension HTTPConnection {
    /// Bytes were read.
    func received(_ bytes: consuming ByteBuffer) {
        guard !ignoresInput else { return }
        if input.readableBytes == 0 { input = bytes } else { input.writeImmutableBuffer(bytes) }
        do throws(MalformedMessage) {
            while !isFinished, !ignoresInput, let event = try decoder.next(from: &input) { received(event) }
        } catch {
            malformed(error)
        }
        if input.readableBytes == 0 { input = ByteBuffer() }
        // Nobody sends another protocol before it was agreed on.
        if input.readableBytes > listener.limits.maxBodyBytes, decoder.hasStopped { cut(.tooManyRequests) }
    }

    private func received(_ event: consuming RequestEvent) {
        if let passage, passage.isReading {
            deadline = .distantFuture
            switch event {
            case .head: break
            case .body(let bytes): passage.read(.body(bytes))
            case .end: passage.read(.end(nil))
            }
            return
        }
        switch consume event {
        case .head(let head): received(head)
        case .body(let bytes):
            incoming?.append(bytes)
            if incoming?.isTooLarge == true { refuse(.payloadTooLarge) }
        case .end: receivedEnd()
        }
    }

    private func received(_ head: RequestHead) {
        let mount = listener.mount(for: head)
        let request = IncomingRequest(head: head, mount: mount)
        if mount.index == nil, others != nil, isWritable, current == nil, waiting.isEmpty {
            deadline = .distantFuture
            start(request)
        } else {
            incoming = request
            if request.isTooLarge { return refuse(.payloadTooLarge) }
            if head.awaitsContinue, current == nil { consent() }
        }
    }

    /// Has the client send a body.
    func consent() {
        write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
    }

    private func receivedEnd() {
        guard let request = incoming else { return }
        incoming = nil
        request.isComplete = true
        deadline = .distantFuture
        enqueue(request)
    }

    /// Everything that was read in one go has been looked at.
    func batchEnded() {
        if let request = incoming, !request.isAnnounced {
            expect(within: TimeAmount(listener.limits.bodyTimeout), orCut: .bodyTimeout)
            guard let (engine, session) = request.announce(listener.mounts) else { return }
            engine.postBegan(session, on: ObjectIdentifier(self))
        } else if isIdle, input.readableBytes > 0, !decoder.hasStopped {
            // A head has begun, which has its own deadline.
            expect(within: listener.headTimeout, atMost: deadline, orCut: .headTimeout)
        }
    }

    private func malformed(_ error: MalformedMessage) {
        if let passage, passage.isReading {
            readsNoMore()
            expect(within: listener.keepAliveTimeout)
            passage.failed(HTTPParserError.unknown)
        } else {
            refuse(error == .tooLarge ? .requestHeaderFieldsTooLarge : .badRequest)
        }
    }

    /// Answers the request being read with an error, behind the answers still due, and closes.
    func refuse(_ status: HTTPResponseStatus) {
        incoming?.abort(on: ObjectIdentifier(self), isRefused: true)
        let request = incoming ?? IncomingRequest(malformed: status)
        request.refusal = status
        incoming = nil
        deadline = .distantFuture
        enqueue(request)
        readsNoMore()
    }
}
