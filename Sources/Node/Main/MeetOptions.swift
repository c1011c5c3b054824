import ArgumentParser

/// The options of the application *meet*; `--meet-auth` is `SWITCHBOARD_MEET_AUTH`.
struct MeetOptions: ParsableArguments {
    @Option(help: "Tokens are none (ignored), optional or required. (default: optional)")
    var meetAuth: String?

    @Option(help: "In optional mode, who has a bad token is: anonymous or reject. (default: anonymous)")
    var meetInvalidToken: String?

    @Option(help: "Whether tokens must have an expiry: true or false. (default: true)")
    var meetRequireExp: String?

    @Option(help: "Whether sockets are disconnected when their token expires: true or false. (default: if required)")
    var meetEnforceExpiry: String?

    @Option(
        help: """
            Origin of web pages that may connect beside the node's own, such as https://example.org, \
            https://*.example.org or http://localhost:*, or any; repeatable. (default: http://localhost:5173 and \
            https://www.meetmates.space)
            """)
    var meetOrigin: [String] = []

    @Option(
        help:
            """
            Whether handshakes without an Origin header are refused, those of other programs and of the node's own page over \
            polling: true or false. (default: false)
            """)
    var meetRequireOrigin: String?

    @Option(help: "Whether messages carry the sender's e-mail address: true or false. (default: false)")
    var meetRevealEmail: String?

    @Option(help: "Former partners: prefer-new, baseline or cooldown:MS. (default: prefer-new)")
    var meetRematch: String?

    @Option(help: "Pairs of different video wishes: immediate, after:MS or never. (default: immediate)")
    var meetMixedMatch: String?

    @Option(help: "Video in such pairs: any (one wish is enough) or both. (default: any)")
    var meetMixedVideo: String?

    @Option(help: "Who queues the survivor of a disconnect again: client or server. (default: client)")
    var meetRequeue: String?

    @Option(
        help: "Milliseconds that who loses its connection keeps chat or place in the queue, to 600000. (default: 0)")
    var meetGrace: String?

    @Option(help: "Whether two sockets of one user may be paired: true or false. (default: false)")
    var meetAllowSameUser: String?

    @Option(
        help: """
            Division of the waiting queue that findChat may name, 1 to 64 letters, digits, dots, - or _; repeatable. \
            (default: none)
            """)
    var meetPool: [String] = []

    @Option(
        help: """
            STUN or TURN server for video, stun:HOST:PORT or turn:HOST:PORT?transport=tcp; those of TURN need \
            SWITCHBOARD_MEET_TURN_SECRET. Repeatable. (default: none)
            """)
    var meetIceServers: [String] = []

    @Option(
        help: """
            Whether what a client sent before it saw that it has a new partner is kept from that partner until the client \
            has answered a ping: true or false. (default: true)
            """
    )
    var meetStrictPair: String?

    @Option(help: "If that is false: for how many milliseconds at most. (default: 2000)")
    var meetBarrierTimeout: String?

    @Option(help: "Longest text of a message in characters. (default: 5000)")
    var meetMaxText: String?

    @Option(
        help: """
            How often an account, or else an address, may send messages over all nodes: RATE per second and BURST at \
            once, or none. Behind proxies --trusted-proxies must be right, or all share one address. (default: 20:100)
            """)
    var meetMessageRate: String?

    @Option(help: "The same for findChat, next and leaveChat together. (default: 5:20)")
    var meetFindRate: String?

    @Option(help: "The same for all signalling together. (default: 200:1000)")
    var meetSignalRate: String?

    @Option(help: "Fewest milliseconds between two broadcasts of the online count. (default: 1000)")
    var meetOnlineBroadcast: String?

    @Option(help: "Whether the log has the lines of the original server: true or false. (default: false)")
    var meetLogCompat: String?

    @Option(help: "Whether these lines may contain e-mail addresses: true or false. (default: false)")
    var meetLogPersonalData: String?
}
