import NIOCore
import SocketIO
import Testing

@Suite struct ValueTests {
    @Test("Literals make values")
    func literals() {
        #expect(nil as Value == .null)
        #expect(true as Value == .bool(true))
        #expect(1 as Value == .int(1))
        #expect(1.5 as Value == .double(1.5))
        #expect("a" as Value == .string("a"))
        #expect([1, "a"] as Value == .array([.int(1), .string("a")]))
        #expect(["k": 1] as Value == .object(Value.Object([.init(key: "k", value: 1)])))
    }

    @Test("Numbers that JavaScript cannot tell apart are equal and hash alike")
    func numericEquality() {
        let equal: [(Value, Value)] = [
            (.int(1), .double(1)), (.int(0), .double(-0.0)), (.double(0), .double(-0.0)),
            (.double(.nan), .double(.nan)),
            (.int(1 << 53), .double(9007199254740992)), ([1, ["a": 2]], [.double(1), ["a": .double(2)]]),
        ]
        for (lhs, rhs) in equal {
            #expect(lhs == rhs)
            #expect(rhs == lhs)
            #expect(Set([lhs, rhs]).count == 1)
        }
        // Exact comparison: rounded to a Double, this integer would equal 2^53.
        #expect(Value.int(1 << 53 + 1) != .double(9007199254740992))
        #expect(Value.int(.max) != .double(9223372036854775808))
        #expect(Value.int(1) != .bool(true))
        #expect(Value.int(0) != .null)
        #expect(Value.string("1") != .int(1))
    }

    @Test("Objects are equal when keys, values and order are")
    func objectEquality() {
        #expect((["a": 1, "b": 2] as Value) == ["a": 1, "b": 2])
        #expect((["a": 1, "b": 2] as Value) != ["b": 2, "a": 1])
        #expect((["a": 1] as Value) != ["a": 2])
    }

    @Test("Each accessor gives its own kind and nil for the others")
    func accessors() {
        let object: Value = ["name": "x", "count": 3, "ratio": 0.5, "on": true, "list": [1], "none": nil]
        #expect(object["name"]?.string == "x")
        #expect(object["name"]?.int == nil)
        #expect(object["count"]?.int == 3)
        #expect(object["count"]?.double == 3)
        #expect(object["ratio"]?.int == nil)
        #expect(object["ratio"]?.double == 0.5)
        #expect(Value.double(4).int == 4)
        #expect(object["on"]?.bool == true)
        #expect(object["list"]?.array == [1])
        #expect(object["list"]?["key"] == nil)
        #expect(object["none"]?.isNull == true)
        #expect(object["absent"] == nil)
        #expect(Value.binary(ByteBuffer(bytes: [1])).binary == ByteBuffer(bytes: [1]))
        #expect(Value.string("x").binary == nil)
    }

    @Test("Setting a key replaces in place, appends, or removes")
    func objectSubscript() {
        var object = Value.Object()
        object["a"] = 1
        object["b"] = 2
        object["a"] = 3
        #expect(object.members.map(\.key) == ["a", "b"])
        #expect(object["a"] == 3)
        object["a"] = nil
        object["absent"] = nil
        #expect(object.members.map(\.key) == ["b"])
    }
}
