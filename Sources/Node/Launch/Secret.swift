import SystemPackage

/// A setting that nobody else may read, so that it has no command line option: passwords and keys. The secret
/// `redis-password` is the text of the variable `SWITCHBOARD_REDIS_PASSWORD`, or what is in the file that
/// `SWITCHBOARD_REDIS_PASSWORD_FILE` names, both in environment or configuration file.
///
/// ```swift
/// extension Secret {
///     static let redisPassword = Secret("redis-password", "password that the URL does not have")
/// }
/// let password = try settings.secret(.redisPassword)
/// ```
public struct Secret: Sendable, Hashable {
    /// Most bytes of a file with a secret.
    static let fileLimit = 65_536

    /// Its name as an option would be called, such as `redis-password`.
    public let option: String
    /// What it is, for the table of all settings.
    public let help: String

    /// Describes a secret.
    /// - Parameters:
    ///   - option: its name as an option would be called, such as `redis-password`.
    ///   - help: what it is, in one line.
    public init(_ option: String, _ help: String) {
        self.option = option
        self.help = help
    }

    /// The environment variable that names a file with it.
    var fileVariable: String { Settings.variable(option) + "_FILE" }
}

extension Settings {
    /// A secret from the environment, from the configuration file, or from a file that one of them names; a line feed at
    /// the end of that file does not count.
    /// - Parameter secret: which one.
    /// - Returns: its text, or `nil` if it is set nowhere.
    /// - Throws: `LaunchError` (78) if the secret is given twice, or if its file cannot be read, is empty, is longer than
    ///   64 KiB or no UTF-8.
    public func secret(_ secret: Secret) throws(LaunchError) -> String? {
        for source in [environment, file].compactMap(\.self) {
            let text = Self.read(secret.option, from: source)
            guard let path = Self.read(secret.option + "-file", from: source) else {
                if let text { return text }
                continue
            }
            if text != nil {
                let variable = Self.variable(secret.option)
                try reject(.configuration("both \(variable) and \(secret.fileVariable) are set"))
            }
            return try contents(of: secret, at: path)
        }
        return nil
    }

    /// Reads the file of a secret; what is in it is never repeated.
    private func contents(of secret: Secret, at path: String) throws(LaunchError) -> String? {
        var bytes: [UInt8]
        do {
            bytes = try Self.bytes(at: FilePath(path))
        } catch {
            try reject(.configuration("\(secret.fileVariable): \(path) cannot be read"))
            return nil
        }
        let isTooLong = bytes.count > Secret.fileLimit
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !isTooLong, !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            let expected = "1 to \(Secret.fileLimit) bytes of text"
            try reject(.configuration("\(secret.fileVariable): \(path) does not hold \(expected)"))
            return nil
        }
        return text
    }

    /// The bytes of a file, at most one more than a secret may have.
    private static func bytes(at path: FilePath) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            while bytes.count <= Secret.fileLimit {
                let wanted = Secret.fileLimit + 1 - bytes.count
                let part = try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                    count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { break }
                bytes += part
            }
            return bytes
        }
    }
}
