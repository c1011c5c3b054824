// The form that pages with a file field send: multipart/form-data (RFC 7578). Files are passed over: nothing keeps them.
extension FormFields {
    /// Longest head of one part, in bytes.
    private static let headLimit = 4096
    private static let lineBreak: [UInt8] = [0x0D, 0x0A]

    /// Reads the fields; `nil` if the body is not what it should be: no parts, a part without a name, or no end.
    /// - Parameters:
    ///   - body: the whole body.
    ///   - boundary: what separates the parts, 1 to 70 characters.
    init?(multipart body: [UInt8], boundary: String) {
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        self.init()
        // Every delimiter begins with a line break, the first one as well if something stands before it.
        let delimiter = Self.lineBreak + Array("--\(boundary)".utf8)
        let bytes = Self.lineBreak + body
        guard let first = bytes.range(of: delimiter, from: 0) else { return nil }
        var start = first.upperBound
        while !bytes[start...].starts(with: Array("--".utf8)) {
            guard let next = bytes.range(of: delimiter, from: start), items.count < Self.countLimit,
                let part = Part(bytes[start..<next.lowerBound])
            else { return nil }
            append(part.name, part.isFile ? .other : .text(part.text))
            start = next.upperBound
        }
    }

    /// One part between two delimiters.
    private struct Part {
        let name: String
        let isFile: Bool
        let text: String

        init?(_ bytes: ArraySlice<UInt8>) {
            // Blanks may follow the delimiter, then a line break, the head, an empty line, the content.
            let bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
            guard bytes.starts(with: lineBreak) else { return nil }
            let end = bytes.prefix(headLimit).range(of: lineBreak + lineBreak, from: bytes.startIndex)
            guard let end else { return nil }
            let head = String(decoding: bytes[bytes.startIndex..<end.lowerBound], as: UTF8.self)
            let fields = head.split(separator: "\r\n").map { $0.split(separator: ":", maxSplits: 1) }
            let disposition = fields.first { $0.first?.lowercased() == "content-disposition" }?.dropFirst().first
            guard let disposition = disposition.map(HeaderValue.init), disposition.value.lowercased() == "form-data",
                let name = disposition.parameter("name")
            else { return nil }
            self.name = name
            isFile = disposition.parameter("filename") != nil || disposition.parameter("filename*") != nil
            text = isFile ? "" : String(decoding: bytes[end.upperBound...], as: UTF8.self)
        }
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// Where a sequence of bytes stands.
    fileprivate func range(of pattern: [UInt8], from start: Int) -> Range<Int>? {
        guard let head = pattern.first else { return nil }
        var start = start
        while let found = self[start...].firstIndex(of: head), endIndex - found >= pattern.count {
            if self[found...].starts(with: pattern) { return found..<(found + pattern.count) }
            start = found + 1
        }
        return nil
    }
}
