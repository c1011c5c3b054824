import Foundation

/// One Swift source file of this package.
struct SourceFile: Sendable {
    /// Path below the root of the package.
    let path: String
    /// Its lines.
    let lines: [Substring]
    /// Its lines, with comments taken out.
    let code: [String]
    /// How many lines it has in all.
    var lineCount: Int { lines.count }
    /// The modules it imports.
    let imports: Set<String>
    /// Every word of its code.
    private let words: Set<Substring>

    /// The root of the package, found from this very file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Sources and tests, read once for all rules.
    private static let everything = Result { try read("Sources") + read("Tests") }

    /// Every Swift file below a folder of sources or tests.
    static func all(in folder: String) throws -> [SourceFile] {
        try everything.get().filter { $0.path.hasPrefix(folder + "/") }
    }

    private static func read(_ folder: String) throws -> [SourceFile] {
        let start = root.appending(path: folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: start.path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: start.appending(path: path), encoding: .utf8)
            return SourceFile(path: "\(folder)/\(path)", text: text)
        }
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = lines.map { line in
            if line.drop(while: { $0 == " " }).hasPrefix("//") { return "" }
            guard line.utf8.contains(UInt8(ascii: "/")) else { return String(line) }
            return line.firstRange(of: " // ").map { String(line[..<$0.lowerBound]) } ?? String(line)
        }
        words = Set(code.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") } })
        imports =
            words.contains("import")
            ? Set(code.compactMap { Self.module(importedBy: $0) }) : []
    }

    private static func module(importedBy line: String) -> String? {
        guard line.contains("import ") else { return nil }
        return line.prefixMatch(of: importLine).map { String($0.output.1) }
    }

    private static var importLine: Regex<(Substring, Substring)> {
        /\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    }

    /// Whether a name occurs as a whole word.
    func names(_ word: String) -> Bool { words.contains(word[...]) }
}
