package import EngineServer
package import Hummingbird
package import Logging

/// The context of one request: Hummingbird's own needs, and who sent it.
package struct WebContext: RequestContext {
    /// Where a context comes from: our HTTP listener instead of Hummingbird's.
    package struct Source: RequestContextSource {
        /// Where failures are reported.
        package let logger: Logger
        /// Who sent the request.
        let client: RequestClient
    }

    /// What Hummingbird keeps.
    package var coreContext: CoreRequestContextStorage
    /// Who sent the request.
    package let client: RequestClient

    /// Creates the context of a request.
    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        client = source.client
    }
}
