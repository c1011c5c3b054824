extension Value {
    /// An ordered JSON object.
    ///
    /// Keys are the same when their bytes are, as in JavaScript: Unicode equivalence does not count.
    public struct Object: Sendable, Hashable {
        /// Keys and values in order.
        public private(set) var members: [Member]

        /// One key with its value.
        public struct Member: Sendable, Hashable {
            /// The key.
            public var key: String
            /// The value.
            public var value: Value
            /// Creates a member.
            /// - Parameters:
            ///   - key: the key.
            ///   - value: the value.
            public init(key: String, value: Value) {
                self.key = key
                self.value = value
            }
        }

        /// Creates an object; a key that comes twice keeps its first place and its last value, as in JavaScript.
        /// - Parameter members: keys and values in order.
        public init(_ members: [Member] = []) {
            self.members = members
            // Few keys are compared with each other; many, which a hostile client can send, are looked up.
            if members.count <= 12 {
                removeDuplicatesByComparing()
            } else {
                removeDuplicatesByHashing()
            }
        }

        /// The value of a key; `nil` removes it.
        /// - Parameter key: the key.
        public subscript(key: String) -> Value? {
            get { index(of: key, in: members[...]).map { members[$0].value } }
            set {
                if let index = index(of: key, in: members[...]) {
                    if let newValue { members[index].value = newValue } else { members.remove(at: index) }
                } else if let newValue {
                    members.append(Member(key: key, value: newValue))
                }
            }
        }

        private func index(of key: String, in members: ArraySlice<Member>) -> Int? {
            members.firstIndex { BytewiseKey(text: $0.key) == BytewiseKey(text: key) }
        }

        private mutating func removeDuplicatesByComparing() {
            var position = 1
            while position < members.count {
                let member = members[position]
                if let first = index(of: member.key, in: members[..<position]) {
                    members[first].value = member.value
                    members.remove(at: position)
                } else {
                    position += 1
                }
            }
        }

        private mutating func removeDuplicatesByHashing() {
            var unique: [Member] = []
            unique.reserveCapacity(members.count)
            var places: [BytewiseKey: Int] = [:]
            for member in members {
                let place = places[BytewiseKey(text: member.key), default: unique.count]
                if place < unique.count {
                    unique[place].value = member.value
                } else {
                    places[BytewiseKey(text: member.key)] = place
                    unique.append(member)
                }
            }
            members = unique
        }
    }

    /// A key that is compared byte by byte.
    private struct BytewiseKey: Hashable {
        var text: String

        static func == (lhs: BytewiseKey, rhs: BytewiseKey) -> Bool {
            // Equal strings have equal bytes unless they are spelled with different Unicode scalars.
            lhs.text == rhs.text && lhs.text.utf8.elementsEqual(rhs.text.utf8)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }
}
