import Testing

/// The rule `AllPublicDeclarationsHaveDocumentation` of the formatter looks for the word `public` in front of each
/// declaration. Here is what is public without it.
@Suite("Documentation of public members")
struct PublicMembersTests {
    @Test("cases of public enums and requirements of public protocols are documented")
    func members() throws {
        for file in try SourceFile.all(in: "Sources") {
            let missing = PublicMembers(of: file).undocumented
            #expect(missing.isEmpty, "\(file.path): \(missing)")
        }
    }

    @Test(
        "nothing is made public in other ways",
        arguments: ["public extension ", "open class ", "open func ", "open var "])
    func otherWays(phrase: String) throws {
        for file in try SourceFile.all(in: "Sources") {
            #expect(!file.code.contains { $0.contains(phrase) }, "\(file.path) has \(phrase)")
        }
    }

    @Test("the reader finds what has no comment, wherever it is nested")
    func reader() {
        let file = SourceFile(
            path: "x.swift",
            text: """
                public enum Outer {
                    /// Good.
                    case good
                    case bad(String)
                    /// Good, too.
                    @available(*, deprecated)
                    case old
                    /// A function.
                    public func f() -> Int { switch self { default: return 1 } }
                    public var g: Int {
                        switch self {
                        case .good: 1  // { not a brace
                        default: "{".count
                        }
                    }
                    /// Nested.
                    public protocol Inner {
                        associatedtype Element
                        /// Good.
                        mutating func next() -> Element
                        var isEmpty: Bool { get }
                    }
                    enum Hidden { case a }
                    case bad2
                }
                protocol Hidden { func f() }
                """)
        #expect(
            PublicMembers(of: file).undocumented == [
                "case bad(String)", "associatedtype Element", "var isEmpty: Bool { get }", "case bad2",
            ])
    }
}

/// What a file declares inside of public enums and protocols, which is public without saying so.
struct PublicMembers {
    /// The declarations that no comment stands before.
    private(set) var undocumented: [String] = []

    private enum Scope {
        case cases
        case requirements
        case other
    }

    private var scopes: [Scope] = []
    private var isDocumented = false
    private var isInsideText = false

    init(of file: SourceFile) {
        for line in file.lines { read(line.drop { $0 == " " }) }
    }

    private mutating func read(_ line: Substring) {
        if line.hasPrefix("///") {
            isDocumented = true
            return
        }
        if line.isEmpty || line.hasPrefix("//") || line.hasPrefix("@") && line.prefixMatch(of: Self.keyword) == nil {
            return
        }
        if !isInsideText { look(at: line) }
        isDocumented = false
        follow(line)
    }

    private mutating func look(at line: Substring) {
        let isMember =
            switch scopes.last {
            case .cases: line.prefixMatch(of: Self.enumCase) != nil
            case .requirements: line.prefixMatch(of: Self.keyword) != nil
            case .other, nil: false
            }
        if isMember, !isDocumented { undocumented.append(String(line)) }
    }

    /// Keeps track of braces, outside of texts and comments.
    private mutating func follow(_ line: Substring) {
        let wasInsideText = isInsideText
        if line.ranges(of: "\"\"\"").count % 2 == 1 { isInsideText.toggle() }
        guard !wasInsideText, line.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            return
        }
        let code = line.contains("\"") ? line.replacing(Self.text, with: "").prefix { $0 != "\"" } : line
        let end = code.firstRange(of: "//")?.lowerBound ?? code.endIndex
        var opened = Self.scope(of: line)
        for character in code[..<end] {
            if character == "{" {
                scopes.append(opened)
                opened = .other
            }
            if character == "}" { _ = scopes.popLast() }
        }
    }

    private static func scope(of line: Substring) -> Scope {
        if line.prefixMatch(of: /public (?:indirect )?enum\b/) != nil { return .cases }
        return line.hasPrefix("public protocol ") ? .requirements : .other
    }

    private static var enumCase: Regex<Substring> { /(?:indirect )?case\b/ }
    private static var keyword: Regex<Substring> {
        /(?:@\S+ )*(?:(?:static|mutating|nonisolated|isolated) )*(?:func|var|init|subscript|associatedtype)\b/
    }
    private static var text: Regex<Substring> { /#"[^#]*"#|"(?:\\.|[^"\\])*"/ }
}
