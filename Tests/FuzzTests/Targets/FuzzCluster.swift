import Cluster
import NIOCore

/// Decodes what nodes say to each other, in both formats; what is accepted is written the same after it was read again.
func fuzzCluster(_ input: ByteBuffer) throws {
    if let message = ShardedMessage(input, exceptFrom: "myself", namespace: "/"),
        let written = message.encoded(namespace: "/")
    {
        let again = ShardedMessage(written, exceptFrom: "myself", namespace: "/")
        try check(again?.encoded(namespace: "/") == written, "a message of the sharded format stays the same")
    }
    if let request = ClassicRequest(input, namespace: "/") {
        let written = request.encoded(namespace: "/")
        let again = ClassicRequest(written, namespace: "/")
        try check(again?.encoded(namespace: "/") == written, "a request stays the same")
    }
    if let response = ClassicResponse(input) {
        let written = response.encoded()
        try check(ClassicResponse(written)?.encoded() == written, "an answer stays the same")
    }
    if let broadcast = ClassicBroadcast(input, exceptFrom: "myself", namespace: "/") {
        let written = broadcast.encoded(uid: "u", namespace: "/")
        let again = ClassicBroadcast(written, exceptFrom: "myself", namespace: "/")
        try check(again?.encoded(uid: "u", namespace: "/") == written, "a broadcast stays the same")
    }
}
