import Foundation
import NIOCore
import Testing

/// The targets of `Tests/Fuzz` without libFuzzer: what was kept of its runs, and mutations of it, the same in every run.
@Suite("Fuzzing")
struct FuzzTests {
    @Test("what was kept holds", arguments: FuzzTarget.all)
    func kept(target: FuzzTarget) throws {
        let seeds = try KeptInputs.files(in: "Seeds", of: target)
        #expect(!seeds.isEmpty, "\(target) has no seeds")
        for (path, input) in try seeds + KeptInputs.files(in: "Crashes", of: target) {
            #expect(throws: Never.self, "\(path)") { try target.run(input) }
        }
    }

    @Test("mutations of what was kept hold", arguments: FuzzTarget.all)
    func mutated(target: FuzzTarget) throws {
        let seeds = try KeptInputs.files(in: "Seeds", of: target).map(\.input)
        var mutator = Mutator(seeds: seeds, words: try KeptInputs.words(of: target))
        for _ in 0..<2_000 {
            let input = mutator.next()
            #expect(throws: Never.self, "\(Array(input.readableBytesView))") { try target.run(input) }
        }
    }
}

/// Inputs and dictionaries, which are kept beside libFuzzer's package.
enum KeptInputs {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz")

    /// The inputs of a target.
    static func files(in kind: String, of target: FuzzTarget) throws -> [(path: String, input: ByteBuffer)] {
        let folder = folder.appending(path: kind).appending(path: target.name)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, ByteBuffer(bytes: try Data(contentsOf: folder.appending(path: name))))
        }
    }

    /// The words of a target's dictionary: lines of text in quotes, with `\\`, `\"` and `\xHH`.
    static func words(of target: FuzzTarget) throws -> [ByteBuffer] {
        let file = folder.appending(path: "Dictionaries").appending(path: "\(target.name).dict")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /"(.*)"/).map { unescape($0.output.1) }
        }
    }

    private static func unescape(_ text: Substring) -> ByteBuffer {
        var bytes = ByteBuffer()
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                bytes.writeInteger(byte)
                continue
            }
            guard next == UInt8(ascii: "x"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                bytes.writeInteger(next)
                continue
            }
            rest = rest.dropFirst(2)
            bytes.writeInteger(value)
        }
        return bytes
    }
}
