import HTTPCodec
import NIOCore
import NIOHTTP1

// Requests that another server answers.

extension HTTPConnection {
    /// Hands the current request to the handlers behind this one.
    func pass(_ request: IncomingRequest, _ head: RequestHead) {
        guard let context, let others else { return }
        do {
            let passage = try passage ?? addPassage(context, others)
            self.passage = passage
            if !request.isComplete {
                if head.awaitsContinue { consent() }
                awaitsBody()
            }
            passage.begin(request, HTTPRequestHead(head), isBatch: isReading)
        } catch {
            context.close(promise: nil)
        }
    }

    private func addPassage(_ context: ChannelHandlerContext, _ others: HTTPPipeline.Others) throws -> Passage {
        let passage = Passage(self)
        try context.pipeline.syncOperations.addHandlers([HTTPResponseEncoder(), passage], position: .after(self))
        try others(context.channel)
        return passage
    }

    /// Whether the current request is the last one on this connection.
    var closesBehindCurrent: Bool {
        guard let current else { return true }
        return !current.keepAlive || current.isHTTP10 || (isDraining && waiting.isEmpty)
    }

    /// Whether the client of the current request knows no chunks.
    var isCurrentHTTP10: Bool { current?.isHTTP10 ?? false }

    /// More of a body that is passed on is to come.
    func awaitsBody() {
        expect(within: TimeAmount(listener.limits.bodyTimeout), orCut: .bodyTimeout)
    }

    /// The client has, or has not, read what was passed back to it.
    func awaitsReader() {
        if isWritable {
            deadline = .distantFuture
        } else {
            expect(within: listener.keepAliveTimeout, orCut: .unreadAnswers)
        }
    }
}
