import Hummingbird
import Logging

/// The context of one request: Hummingbird's own needs and nothing more.
struct WebContext: RequestContext {
    /// Where a context comes from: our HTTP listener instead of Hummingbird's.
    struct Source: RequestContextSource {
        let logger: Logger
    }

    var coreContext: CoreRequestContextStorage

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
