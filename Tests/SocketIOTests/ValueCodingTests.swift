import NIOCore
import SocketIO
import Testing

@Suite("Coding of values")
struct ValueCodingTests {
    struct Item: Codable, Equatable {
        var name: String
        var count: Int
        var price: Double
        var note: String?
        var tags: [String]
        var limits: [String: UInt8]
    }

    enum Shape: Codable, Equatable {
        case circle(radius: Double)
        case rectangle(Double, Double)
        case none
    }

    enum Colour: String, Codable { case red, green }

    private func coded<T: Codable & Equatable>(_ value: T) throws -> (Value, isSame: Bool) {
        let coded = try ValueEncoder().encode(value)
        return (coded, try ValueDecoder().decode(T.self, from: coded) == value)
    }

    /// The problem that decoding has, with its path.
    private func problem<T: Decodable>(_ type: T.Type, _ value: Value) -> String {
        do {
            _ = try Arguments([value]).decode(type, at: 0)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test("structs become objects in the order of their members; absent optionals are left out")
    func structs() throws {
        let item = Item(name: "a", count: -3, price: 0.5, note: nil, tags: ["x", "y"], limits: ["max": 255])
        let (value, isSame) = try coded(item)
        #expect(
            value == [
                "name": "a", "count": -3, "price": 0.5, "tags": ["x", "y"], "limits": ["max": 255],
            ])
        #expect(isSame)
        #expect(try ValueDecoder().decode([Int?].self, from: [1, nil]) == [1, nil])
        #expect(try ValueEncoder().encode([1, nil] as [Int?]) == [1, nil])
    }

    @Test("enums have the form that Swift synthesizes")
    func enums() throws {
        let (circle, isCircle) = try coded(Shape.circle(radius: 2))
        #expect(circle == ["circle": ["radius": 2]] && isCircle)
        let (rectangle, isRectangle) = try coded(Shape.rectangle(1, 2))
        #expect(rectangle == ["rectangle": ["_0": 1, "_1": 2]] && isRectangle)
        #expect(try coded(Shape.none) == (["none": [:]], true))
        #expect(try coded([Colour.red, .green]) == (["red", "green"], true))
    }

    @Test("top-level scalars, dictionaries with other keys, and sets")
    func others() throws {
        #expect(try coded(7) == (7, true))
        #expect(try coded("text") == ("text", true))
        #expect(try coded(nil as Int?) == (nil, true))
        #expect(try coded([1: "a"]) == (["1": "a"], true))
        #expect(try ValueDecoder().decode(Set<Int>.self, from: [1, 2, 1]) == [1, 2])
        #expect(try coded(Float(0.5)) == (0.5, true))
    }

    @Test("integers are exact in both directions")
    func integers() throws {
        #expect(try ValueDecoder().decode(Int.self, from: .double(3)) == 3)
        #expect(try ValueDecoder().decode(Int64.self, from: .int(.min)) == .min)
        #expect(try ValueDecoder().decode(UInt64.self, from: .double(0x1p63)) == 1 << 63)
        #expect(try ValueEncoder().encode(UInt64(1) << 63) == .double(0x1p63))
        #expect(throws: EncodingError.self) { try ValueEncoder().encode(UInt64.max) }
        for value: Value in [300, -129, 1.5, 1e300] {
            #expect(problem(Int8.self, value).contains("expected a whole number from -128 to 127"))
        }
        #expect(problem(Int.self, .double(1e300)).contains("found another number"))
        #expect(problem(UInt.self, -1).contains("expected a whole number from 0 to"))
    }

    @Test("binary content is a ByteBuffer or bytes; bytes may also come as numbers")
    func binary() throws {
        struct Photo: Codable, Equatable {
            var pixels: ByteBuffer
            var mask: [UInt8]
        }
        let photo = Photo(pixels: ByteBuffer(bytes: [1, 2]), mask: [3, 4])
        let (value, isSame) = try coded(photo)
        #expect(value == ["pixels": .binary(ByteBuffer(bytes: [1, 2])), "mask": .binary(ByteBuffer(bytes: [3, 4]))])
        #expect(isSame)
        #expect(try ValueDecoder().decode([UInt8].self, from: [1, 255]) == [1, 255])
        #expect(try ValueDecoder().decode([Int].self, from: .binary(ByteBuffer(bytes: [1, 255]))) == [1, 255])
        #expect(problem([UInt8].self, [256]).contains("from 0 to 255"))
        #expect(problem(ByteBuffer.self, "x").contains("expected binary content, found a string"))
    }

    @Test("a value is taken as it is, alone and inside")
    func values() throws {
        struct Envelope: Codable, Equatable {
            var kind: String
            var content: Value
        }
        let content: Value = ["b": [1, nil, .binary(ByteBuffer(bytes: [1]))], "a": true]
        let (value, isSame) = try coded(Envelope(kind: "k", content: content))
        #expect(value == ["kind": "k", "content": content] && isSame)
        #expect(try ValueDecoder().decode(from: content) == content)
    }

    @Test("classes code their superclass, nested containers are filled after they were made")
    func containers() throws {
        let coded = try ValueEncoder().encode(Derived(base: 1, own: 2))
        #expect(coded == ["own": 2, "late": [[5], ["x": 6]], "super": ["base": 1]])
        let derived = try ValueDecoder().decode(Derived.self, from: coded)
        #expect(derived.base == 1 && derived.own == 2 && derived.late == 6)
    }

    @Test("errors name the place in words of JSON and never the value")
    func errors() {
        let item: Value = ["name": "a", "count": 1, "price": 1, "tags": ["x", 2], "limits": [:]]
        #expect(problem(Item.self, item) == "argument 1, tags[1]: expected a string, found a number")
        #expect(problem(Item.self, ["name": "secret"]) == "argument 1, count: is missing")
        #expect(problem(Item.self, "secret") == "argument 1: expected an object, found a string")
        #expect(problem([Item].self, [[:], 1]) == "argument 1, [0].name: is missing")
        #expect(problem([Int].self, true) == "argument 1: expected an array, found a boolean")
        #expect(problem(Bool.self, 1) == "argument 1: expected a boolean, found a number")
        #expect(problem(Double.self, [:]) == "argument 1: expected a number, found an object")
        #expect(problem(String.self, .binary(ByteBuffer())) == "argument 1: expected a string, found binary content")
        #expect(problem(String.self, nil) == "argument 1: expected a string, found null")
        #expect(problem(Item.self, ["name": nil]) == "argument 1, name: expected a string, found null")
        #expect(problem((Pair).self, [1]) == "argument 1, [1]: is missing")
    }

    @Test("a long path and a long problem are cut")
    func longErrors() {
        let key = String(repeating: "k", count: 100_000)
        let long = problem([String: [String: Int]].self, [.init(key): [.init(key): "x"]])
        #expect(long.utf8.count < 500)
        #expect(problem(Colour.self, .string(key)).utf8.count < 500)
    }

    @Test("arguments are decoded by place; further ones are ignored, optional ones may be absent")
    func arguments() throws {
        let arguments: Arguments = [1, "two", true]
        let (one, two) = try arguments.decode(Int.self, String.self)
        #expect(one == 1 && two == "two")
        let (_, _, _, four) = try arguments.decode(Int.self, String.self, Bool.self, Int?.self)
        #expect(four == nil)
        #expect(throws: InvalidArgument.self) { try arguments.decode(String.self, String.self) }
        do {
            _ = try arguments.decode(Int.self, String.self, Bool.self, Int.self)
            Issue.record("decoded what did not come")
        } catch {
            #expect("\(error)" == "argument 4: is missing")
        }
        #expect(try Arguments(encoding: 1, "two", true) == arguments)
        #expect(try Arguments(encoding: nil as Int?, [1]) == [nil, [1]])
    }

    @Test("nesting is bounded in both directions")
    func depth() throws {
        var value: Value = []
        for _ in 0..<3 { value = [value] }
        #expect(throws: Never.self) { try ValueDecoder(depthLimit: 3).decode(Nest.self, from: value) }
        #expect(throws: DecodingError.self) { try ValueDecoder(depthLimit: 2).decode(Nest.self, from: value) }
        let nest = Nest(inner: [Nest(inner: [Nest(inner: [])])])
        #expect(try ValueEncoder(depthLimit: 2).encode(nest) == [[[]]])
        #expect(throws: EncodingError.self) { try ValueEncoder(depthLimit: 1).encode(nest) }
    }

    @Test("an object with very many keys is decoded in one go")
    func manyKeys() throws {
        let members = (0..<50_000).map { Value.Object.Member(key: "k\($0)", value: .int($0)) }
        let decoded = try ValueDecoder().decode([String: Int].self, from: .object(.init(members)))
        #expect(decoded.count == 50_000 && decoded["k49999"] == 49_999)
    }

    struct Nest: Codable {
        var inner: [Nest]
        init(inner: [Nest]) { self.inner = inner }
        init(from decoder: any Decoder) throws { inner = try decoder.singleValueContainer().decode([Nest].self) }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(inner)
        }
    }

    struct Pair: Decodable {
        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            _ = try container.decode(Int.self)
            _ = try container.decode(Int.self)
        }
    }

    class Base: Codable {
        let base: Int
        init(base: Int) { self.base = base }
    }

    final class Derived: Base {
        let own: Int
        let late: Int

        enum Key: CodingKey { case own, late, x }

        init(base: Int, own: Int) {
            self.own = own
            late = 6
            super.init(base: base)
        }

        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            own = try container.decode(Int.self, forKey: .own)
            var list = try container.nestedUnkeyedContainer(forKey: .late)
            _ = try list.nestedUnkeyedContainer()
            late = try list.nestedContainer(keyedBy: Key.self).decode(Int.self, forKey: .x)
            try super.init(from: container.superDecoder())
        }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(own, forKey: .own)
            var list = container.nestedUnkeyedContainer(forKey: .late)
            var first = list.nestedUnkeyedContainer()
            var second = list.nestedContainer(keyedBy: Key.self)
            try super.encode(to: container.superEncoder())
            try second.encode(late, forKey: .x)
            try first.encode(5)
        }
    }
}
