/// A person who may use the support chat: a row of the table `usuarios` (applications, B.6).
public struct Account: Sendable, Equatable {
    /// What an account may do.
    public enum Role: String, Sendable {
        /// Reads every conversation and answers in the name of the desk.
        case admin
        /// Writes to the desk and reads its own conversation.
        case user
    }

    /// The identity everywhere, as it was registered: 1 to 50 characters, unique without regard to case (`usuario`).
    public var name: String
    /// The name for people, at most 100 characters (`nombre`).
    public var displayName: String
    /// What it may do (`rol`).
    public var role: Role
    /// The password as bcrypt, such as `$2b$08$…`, at most 255 characters (`pass`).
    public var passwordHash: String
    /// Address of a picture, at most 255 characters (`imagen`).
    public var image: String?

    /// Describes an account.
    public init(name: String, displayName: String, role: Role, passwordHash: String, image: String? = nil) {
        self.name = name
        self.displayName = displayName
        self.role = role
        self.passwordHash = passwordHash
        self.image = image
    }
}
