import NIOCore

@testable import RedisAdapter

/// Reads what Redis sends by a subscription: publications by our reader, everything else by hiredis, comes to the same as
/// when hiredis reads all of it, in pieces of any size.
func fuzzSubscription(_ input: ByteBuffer) throws {
    let expected = read(input, by: ReplyReader(), piece: input.readableBytes)
    for piece in [input.readableBytes, 1, 7] {
        let found = read(input, by: ReplyReader(isSubscription: true), piece: piece)
        // An error takes with it what hiredis was given at once, so how much came before it may differ.
        if expected.isComplete && found.isComplete {
            try check(found.publications == expected.publications, "hiredis reads the same")
        }
        try check(found.isComplete == expected.isComplete, "what hiredis refuses is refused, and nothing else")
    }
}

private struct Read {
    /// Publications and replies in order.
    var publications: [RedisReply] = []
    /// Whether there was no error.
    var isComplete = true
}

private func read(_ input: ByteBuffer, by reader: ReplyReader, piece: Int) -> Read {
    var (input, read) = (input, Read())
    do throws(RedisError) {
        while let part = input.readSlice(length: min(max(piece, 1), input.readableBytes)), part.readableBytes > 0 {
            try reader.feed(part, published: { read.publications.append(reply($0)) }) { read.publications.append($0) }
        }
    } catch {
        read.isComplete = false
    }
    return read
}

/// A publication as the list that it came as.
private func reply(_ publication: Publication) -> RedisReply {
    let words =
        switch publication.subscription {
        case .channel: [ByteBuffer(string: "message"), publication.channel, publication.payload]
        case .pattern: [ByteBuffer(string: "pmessage"), publication.name, publication.channel, publication.payload]
        case .shard: [ByteBuffer(string: "smessage"), publication.channel, publication.payload]
        }
    return .array(words.map(RedisReply.bytes))
}

/// Reads the notices of a publication to a node's inbox: what one line says does not depend on the others.
func fuzzNotices(_ input: ByteBuffer) throws {
    let lines = input.split(separator: UInt8(ascii: "\n"))
    try check(MatchNotice.lines(input) == lines.flatMap(MatchNotice.lines), "each line stands for itself")
}
