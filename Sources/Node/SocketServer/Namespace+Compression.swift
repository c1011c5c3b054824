import Cluster
import EngineIO
import Synchronization

extension Namespace {
    /// A client has come whose engine may compress.
    func joined(by session: any EngineSession) {
        if session.compresses { compresses.store(true, ordering: .relaxed) }
    }

    /// A broadcast as it goes to each receiver: compressed once for all of them, if anybody's engine compresses and the
    /// sender does not object.
    func prepared(_ message: OutgoingMessage, for options: BroadcastOptions) -> OutgoingMessage {
        var message = message
        if options.flags.compress == false {
            message.isCompressible = false
        } else if compresses.load(ordering: .relaxed) {
            message.shareCompression()
        }
        return message
    }
}
