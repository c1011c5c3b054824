import FoundationEssentials
import Logging
import Synchronization
import Testing

@testable import Launch

@Suite("JSON log")
struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let texts = Mutex<[String]>([])
    }

    private struct Line: Decodable, Equatable {
        var time: String
        var level: String
        var logger: String
        var message: String
        var metadata: [String: String]?
    }

    private let lines = Lines()

    private func logger(_ metadata: Logger.Metadata = [:]) -> Logger {
        var logger = Logger(label: "a") { [lines] label in
            JSONLogHandler(label: label) { line in
                lines.texts.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            }
        }
        for (key, value) in metadata { logger[metadataKey: key] = value }
        return logger
    }

    private func line() throws -> Line {
        let text = try #require(lines.texts.withLock { $0.first })
        #expect(text.hasSuffix("}\n") && text.count { $0 == "\n" } == 1)
        return try JSONDecoder().decode(Line.self, from: Data(text.utf8))
    }

    @Test("a message is an object with time, level, logger and metadata; that of the message goes before the logger's")
    func members() throws {
        let logger = logger(["node": "a", "sid": "of the logger"])
        logger.warning("something \"odd\"\n\u{1}\\ ñ 🟢", metadata: ["sid": "s1"])
        let line = try line()
        #expect(line.level == "warning" && line.logger == "a" && line.message == "something \"odd\"\n\u{1}\\ ñ 🟢")
        #expect(line.metadata == ["node": "a", "sid": "s1"])
        let form = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
        #expect(line.time.wholeMatch(of: form) != nil, "\(line.time)")
    }

    @Test("without metadata there is no such member")
    func bare() throws {
        logger().info("x")
        #expect(try line().metadata == nil)
    }

    @Test("metadata may be nested")
    func nested() throws {
        logger().info("x", metadata: ["b": ["1", ["2"]], "a": ["k": "v", "l": "w"], "c": .stringConvertible(3)])
        let text = try #require(lines.texts.withLock { $0.first })
        #expect(text.hasSuffix(#""metadata":{"a":{"k":"v","l":"w"},"b":["1",["2"]],"c":"3"}}"# + "\n"))
    }

    @Test("what is less severe than the level is not written")
    func level() {
        var logger = logger()
        logger.logLevel = .error
        logger.warning("x")
        #expect(lines.texts.withLock { $0.isEmpty })
    }
}
