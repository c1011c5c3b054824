import EngineServer
import HTTPTypes
import Hummingbird
import WebAPI

/// Keeps pages of other sites from acting with a visitor's cookie (applications, B.10 S-04).
///
/// What browsers say of a request decides, in this order: the fetch metadata, `Origin`, `Referer`. A request with none of
/// them comes from no browser, which has nobody's cookie but its own.
struct SiteRule: Sendable {
    /// Whether pages of an origin may use this listener, given the host that was asked for.
    let allows: @Sendable (_ origin: String, _ host: String?) -> Bool

    /// Whether a request was made by our own pages, by their visitor, or by no browser.
    func admits(_ request: Request, from client: RequestClient) -> Bool {
        let metadata = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        if metadata == "same-origin" || metadata == "none" { return true }
        if let origin = request.headers[.origin] { return allows(origin, client.host) }
        guard metadata == nil else { return false }
        guard let referer = HTTPField.Name("Referer").flatMap({ request.headers[$0] }) else { return true }
        return Self.origin(of: referer).map { allows($0, client.host) } ?? false
    }

    /// The part `scheme://host:port` of an address.
    private static func origin(of address: String) -> String? {
        guard let mark = address.firstRange(of: "://") else { return nil }
        return String(address[..<mark.upperBound] + address[mark.upperBound...].prefix { !"/?#".contains($0) })
    }
}
