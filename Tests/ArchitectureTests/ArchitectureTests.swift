import Foundation
import Testing

@Suite("Architecture")
struct ArchitectureTests {
    @Test("a module imports only what the table allows", arguments: importTable)
    func imports(row: ImportRow) throws {
        let files = try SourceFile.all(in: row.folder)
        #expect(!files.isEmpty, "\(row.folder) has no source: the table is out of date")
        for file in files {
            let foreign = file.imports.subtracting(row.mayImport)
            #expect(foreign.isEmpty, "\(file.path) imports \(foreign.sorted())")
        }
    }

    @Test("every source file belongs to a module of the table")
    func completeTable() throws {
        for file in try SourceFile.all(in: "Sources") {
            let isListed = importTable.contains { file.path.hasPrefix($0.folder + "/") }
            #expect(isListed, "\(file.path) is in no module of the import table")
        }
    }

    @Test(
        "a C library has one door",
        arguments: [
            ("CHiredis", "Sources/Adapter/RedisAdapter/"), ("CZlib", "Sources/Node/Deflate/"),
            ("CEpoll", "Sources/Gateway/GatewayServer/"),
            ("CCrypt", "Sources/Node/SupportWeb/Passwords/"),
            ("CMariaDB", "Sources/Node/MariaDBStore/Connection/"),
        ])
    func doors(library: String, door: String) throws {
        for file in try SourceFile.all(in: "Sources") + SourceFile.all(in: "Tests")
        where file.imports.contains(library) {
            #expect(file.path.hasPrefix(door), "\(file.path)")
        }
    }

    @Test("cores name no event loop, clock, logger, task or source of randomness", arguments: forbiddenInCores)
    func pureCores(word: String) throws {
        for row in importTable where cores.contains(row.module) {
            for file in try SourceFile.all(in: row.folder) {
                #expect(!file.names(word), "\(file.path) names \(word)")
            }
        }
    }

    @Test("no file is longer than 600 lines")
    func fileLength() throws {
        for file in try SourceFile.all(in: "Sources") + SourceFile.all(in: "Tests") {
            #expect(file.lineCount <= 600, "\(file.path) has \(file.lineCount) lines")
        }
    }

    /// Where isolation is promised instead of checked, or a trap is written out, and how often: each place says why.
    static let exceptions: [String: [String: Int]] = [
        // A handle of libmariadb, which ConnectionPool hands to one thread at a time.
        "@unchecked Sendable": ["Sources/Node/MariaDBStore/Connection/MariaDBConnection.swift": 1],
        "nonisolated(unsafe)": [:],
        "try!": [:],
        "fatalError(": [:],
    ]

    @Test("unchecked isolation and traps stand only where they are listed", arguments: exceptions.keys.sorted())
    func unchecked(phrase: String) throws {
        let allowed = try #require(Self.exceptions[phrase])
        var found: [String: Int] = [:]
        for file in try SourceFile.all(in: "Sources") {
            let count = file.code.count { $0.contains(phrase) }
            if count > 0 { found[file.path] = count }
        }
        #expect(found == allowed)
    }

    /// Nothing else builds that package, so it would be noticed when somebody wants to fuzz.
    @Test("the package of libFuzzer has the modules that it fuzzes, with the dependencies that they have here")
    func fuzzPackage() throws {
        let here = try modules(of: "Package.swift")
        let fuzz = try modules(of: "Tests/Fuzz/Package.swift")
        #expect(fuzz["EngineServer"] != nil && fuzz["RedisAdapter"] != nil)
        for (module, dependencies) in fuzz where module != "FuzzTargets" {
            #expect(dependencies == here[module], "\(module)")
            for dependency in dependencies where dependency.first?.isUppercase == true {
                let link = SourceFile.root.appending(path: "Tests/Fuzz/Sources/\(dependency)")
                #expect(FileManager.default.fileExists(atPath: link.path), "\(dependency)")
            }
        }
        #expect(fuzz["FuzzTargets"] == here["FuzzTests"])
    }

    /// The modules that a package lists, and the tests, with the words of their dependencies.
    private func modules(of package: String) throws -> [String: Set<String>] {
        let text = try String(contentsOf: SourceFile.root.appending(path: package), encoding: .utf8)
        let entry = /(?:module|tests)\(\s*"(\w+)",(?: in: "\w+",)?\s*\[([^\]]*)\]/
        return text.matches(of: entry).reduce(into: [:]) { modules, match in
            modules[String(match.1)] = Set(match.2.matches(of: /\w+/).map { String($0.output) })
        }
    }
}

@Suite("The reader of the architecture tests")
struct SourceFileTests {
    @Test("finds every form of import and no other line")
    func imports() {
        let file = SourceFile(
            path: "x.swift",
            text: """
                import A
                public import B
                @preconcurrency internal import struct C.Inner
                @testable import D
                #if canImport(E)
                    import E
                #endif
                // import F
                let important = 1
                """)
        #expect(file.imports == ["A", "B", "C", "D", "E"])
        #expect(file.lineCount == 9)
    }

    @Test("finds names as whole words outside of comments")
    func names() {
        let file = SourceFile(path: "x.swift", text: "let a: Task // Logger\n/// Channel\nlet b = EventLoops()")
        #expect(file.names("Task"))
        #expect(!file.names("Logger"))
        #expect(!file.names("Channel"))
        #expect(!file.names("EventLoop"))
    }
}
