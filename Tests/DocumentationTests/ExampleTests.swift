import Testing

/// What the documentation shows is compiled: in `Samples`, or as an example that runs.
@Suite("Examples of the documentation")
struct ExampleTests {
    let compiled: String

    init() throws {
        let samples = try Page.all(in: "Tests/DocumentationTests/Samples", ending: ".swift")
        let examples = try Page.all(in: "Examples", ending: ".swift")
        let articles = try Page("Tests/SocketServerTests/ArticleTests.swift")
        compiled = (samples + examples + [articles]).map(\.code).joined()
    }

    @Test("every example stands, line by line, in a file that is compiled", arguments: try Page.articles())
    func articles(page: Page) {
        expectCompiled(page.examples)
    }

    @Test(
        "so does every example in the comments of the library",
        arguments: [
            "Node/SocketServer", "Node/EngineServer", "Node/HummingbirdSocketIO", "Node/SocketIO", "Node/EngineIO",
            "Adapter",
        ])
    func comments(folder: String) throws {
        let examples = try Page.all(in: "Sources/\(folder)", ending: ".swift").flatMap(\.comments.examples)
        #expect(!examples.isEmpty)
        expectCompiled(examples)
    }

    @Test("so does every example of the README")
    func readme() throws {
        let examples = try Page("README.md").examples
        #expect(!examples.isEmpty)
        expectCompiled(examples)
    }

    @Test("the Swift side of the table for JavaScript programmers is compiled")
    func migration() throws {
        let page = try Page("Sources/Node/SocketServer/SocketServer.docc/MigratingFromJavaScript.md")
        let rows = page.text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { $0.split(separator: "|") }
        let entries = rows.filter { $0.count >= 2 }.flatMap { row in
            row[1].split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 && row.count > 2 }.map { String($0.element) }
        }
        #expect(entries.count > 100)
        expectCompiled(entries)
    }

    private func expectCompiled(_ examples: [String]) {
        let missing = examples.filter { !compiled.contains($0) }
        #expect(missing.isEmpty)
    }
}
