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

    /// The root of the package, found from this very file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file below a folder.
    static func all(in folder: String) throws -> [SourceFile] {
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
            return line.firstRange(of: " // ").map { String(line[..<$0.lowerBound]) } ?? String(line)
        }
    }

    /// The modules it imports.
    var imports: Set<String> {
        Set(
            code.compactMap { line in
                guard let match = line.prefixMatch(of: Self.importLine) else { return nil }
                return String(match.output.1)
            })
    }

    private static var importLine: Regex<(Substring, Substring)> {
        /\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    }

    /// Whether a name occurs as a whole word.
    func names(_ word: String) -> Bool {
        code.contains { line in
            line.ranges(of: word).contains { range in
                let before = line[..<range.lowerBound].last
                let after = line[range.upperBound...].first
                return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
            }
        }
    }
}
