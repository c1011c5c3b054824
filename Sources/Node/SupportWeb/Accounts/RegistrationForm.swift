/// What somebody registers with (applications, B.8), checked. A role in the form is ignored; e-mail address and age are
/// checked and not kept, as in the original.
struct RegistrationForm: Equatable {
    /// The account's name, without blanks around it.
    let name: String
    /// The name for people.
    let displayName: String
    /// The password.
    let password: String

    /// Longest text of a field that is looked at, in bytes.
    static let longestInput = 1_024
    private static let shortest = 4
    private static let nameLimit = 50
    private static let displayNameLimit = 100

    /// What is wrong with a form, as its pages say it.
    struct Problems: Error, Equatable {
        var texts: [String] = []
    }

    init(_ fields: FormFields) throws(Problems) {
        name = String((fields.text("user") ?? "").trimmed)
        displayName = String((fields.text("name") ?? "").trimmed)
        password = fields.text("pass") ?? ""
        var problems = Problems()
        problems.texts += Self.problems(ofName: name) + Self.problems(ofDisplayName: displayName)
        problems.texts += Self.problems(ofPassword: password)
        if !Self.isEmail(fields.text("email") ?? "") { problems.texts.append("El email no es valido") }
        if !Self.isNumber(fields.textOrNumber("edad") ?? "") { problems.texts.append("La edad debe ser un número") }
        guard problems.texts.isEmpty else { throw problems }
    }

    /// Whether a text can be the name of an account.
    static func isName(_ text: String) -> Bool {
        (1...nameLimit).contains(text.unicodeScalars.count) && isVisible(text)
    }

    /// Whether a text can be a password.
    static func isPassword(_ text: String) -> Bool { problems(ofPassword: text).isEmpty }

    private static func problems(ofName name: String) -> [String] {
        if name.count < shortest { return ["El usuario debe tener al menos 4 caracteres"] }
        if name.unicodeScalars.count > nameLimit { return ["El usuario debe tener como máximo 50 caracteres"] }
        return isVisible(name) ? [] : ["El usuario tiene caracteres no permitidos"]
    }

    private static func problems(ofDisplayName name: String) -> [String] {
        if name.count < shortest { return ["El nombre debe tener al menos 4 caracteres"] }
        if name.unicodeScalars.count > displayNameLimit { return ["El nombre debe tener como máximo 100 caracteres"] }
        return isVisible(name) ? [] : ["El nombre tiene caracteres no permitidos"]
    }

    private static func problems(ofPassword password: String) -> [String] {
        if password.count < shortest { return ["La contraseña debe tener al menos 4 caracteres"] }
        // Bcrypt would not look at the rest.
        if password.utf8.count > Bcrypt.passwordLimit { return ["La contraseña debe tener como máximo 72 bytes"] }
        return password.utf8.contains(0) ? ["La contraseña tiene caracteres no permitidos"] : []
    }

    /// Whether a text has neither control characters nor what changes the direction of others' text.
    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
            default: true
            }
        }
    }

    /// Whether a text has the form of an e-mail address: something, an at sign, a host name with a dot.
    private static func isEmail(_ text: String) -> Bool {
        let parts = text.trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, isVisible(text), (1...64).contains(parts[0].utf8.count),
            !text.trimmed.contains(where: \.isWhitespace)
        else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.trimmed
        return digits.allSatisfy { "0123456789.+-".contains($0) } && Double(digits) != nil
    }
}
