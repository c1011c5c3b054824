import Testing

/// What readers look for is there.
@Suite("Completeness of the documentation")
struct CompletenessTests {
    @Test(
        "the pages of a module list each of its public types once",
        arguments: [
            "Node/SocketServer", "Node/EngineServer", "Node/SocketIO", "Node/EngineIO", "Node/HummingbirdSocketIO",
            "Adapter/Adapter", "Adapter/Cluster", "Adapter/RedisAdapter",
        ])
    func topics(module: String) throws {
        let types = try Page.all(in: "Sources/\(module)", ending: ".swift").flatMap(\.publicTypes)
        let listed = try Page.all(in: "Sources/\(module)", ending: ".md").flatMap(\.listedSymbols)
        #expect(listed.sorted() == types.sorted())
    }

    @Test(
        "every option of the executables stands in the reference",
        arguments: [
            "Sources/Node/Launch", "Sources/Node/Main", "Sources/Adapter/RedisSettings", "Sources/Gateway/Main",
        ])
    func options(folder: String) throws {
        let page = try Page("Documentation/Configuration.md").text
        let options = try Page.all(in: folder, ending: ".swift").flatMap(\.options)
        #expect(!options.isEmpty)
        let missing = options.filter { !page.contains("`\($0)`") }
        #expect(missing.isEmpty)
    }

    @Test("how types and options are found")
    func reader() {
        let page = Page(
            path: "x.swift",
            text: """
                public struct A<T> {
                    public enum Nested {}
                }
                @frozen public final class B: C {}
                public protocol D {}
                struct E {}
                    @Option(help: "x")
                    public var allowEio3: String?
                    @Option var listen: [String] = []
                    var other = 1
                """)
        #expect(page.publicTypes == ["A", "B", "D"])
        #expect(page.options == ["--allow-eio3", "--listen"])
    }
}

extension Page {
    /// Names of the public types that are declared at the top of it.
    fileprivate var publicTypes: [String] {
        text.matches(of: /(?m)^(?:@\w+ )*public (?:final )?(?:struct|class|enum|protocol|actor|typealias) (\w+)/)
            .map { String($0.output.1) }
    }

    /// The symbols in the lists of its topics.
    fileprivate var listedSymbols: [String] {
        text.matches(of: /(?m)^- ``(\w+)``$/).map { String($0.output.1) }
    }

    /// The command line options that it declares.
    fileprivate var options: [String] {
        text.split(separator: /@Option\b/).dropFirst().compactMap { part in
            part.firstMatch(of: /var (\w+):/).map { match in
                match.output.1.reduce(into: "--") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
            }
        }
    }
}
