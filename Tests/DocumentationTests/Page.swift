import Foundation

/// A text for people: the README, or a page of a module's documentation.
struct Page: Sendable, CustomStringConvertible {
    /// Path below the root of the package.
    let path: String
    /// What it says.
    let text: String

    var description: String { path }

    /// The root of the package, found from this very file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// Every file below a folder whose path has an ending.
    static func all(in folder: String, ending: String) throws -> [Page] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return try paths.filter { $0.hasSuffix(ending) }.sorted().map { try Page("\(folder)/\($0)") }
    }

    /// The pages of all modules.
    static func articles() throws -> [Page] {
        try all(in: "Sources", ending: ".md").filter { $0.path.contains(".docc/") }
    }

    /// Its lines without indentation and empty ones, as one text: what is compared of code.
    var code: String { Self.normalized(text) }

    /// The Swift examples in it. A manifest is none.
    var examples: [String] {
        let parts = text.split(separator: "```swift\n", omittingEmptySubsequences: false).dropFirst()
        return parts.compactMap { $0.split(separator: "```", maxSplits: 1).first }
            .filter { !$0.hasPrefix("// swift-tools-version") }.map(Self.normalized)
    }

    /// What the comments of its declarations say.
    var comments: Page {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("///") }
        return Page(path: path, text: lines.map { $0.dropFirst(3).drop { $0 == " " } }.joined(separator: "\n"))
    }

    private static func normalized(_ text: some StringProtocol) -> String {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }
}
