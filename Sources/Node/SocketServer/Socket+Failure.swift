import Logging

extension Socket {
    /// Something that an event led to has thrown: the client and the application are told, the log without payload.
    func failed(_ event: Event, _ error: any Error) {
        // A handler that is cancelled by the disconnect has not failed.
        guard isConnected || !(error is CancellationError) else { return }
        let refusal = error as? any ClientError
        event.acknowledgement?.callAsFunction((refusal ?? EventError.internalError).reply)
        var metadata: Logger.Metadata = [
            "event": "\(event.name)", "namespace": "\(namespace.name)", "sid": "\(id)", "error": "\(type(of: error))",
        ]
        if let refusal {
            // What clients are told is their mistake; it must not flood the log.
            metadata["code"] = "\(refusal.code)"
            namespace.logger.debug("event refused", metadata: metadata)
        } else {
            namespace.figures.eventFailed()
            namespace.logger.warning("event handler failed", metadata: metadata)
        }
        listeners?.report(error, event)
    }
}
