import SocketIO

/// Why an event of a client had no effect, as its acknowledgement says: `{ok:false, codigo, mensaje}`
/// (applications, B.5.4).
public enum SupportRefusal: String, Error, Sendable, CaseIterable {
    /// An argument is missing, of the wrong type or length, or the event does not exist. Do not repeat it.
    case invalidData = "datos_invalidos"
    /// There is no account of the name in `para`.
    case unknownRecipient = "destino_desconocido"
    /// Accounts may not write to each other; only to the desk and to administrators.
    case recipientNotAllowed = "destino_no_permitido"
    /// The account sends too fast, over all its clients. Repeat it later.
    case tooManyMessages = "demasiados_mensajes"
    /// The message could not be stored; nobody got it. Repeat it later, best with an `idCliente`.
    case notStored = "no_guardado"

    /// One sentence for people.
    public var message: String {
        switch self {
        case .invalidData: "El evento no existe o sus datos no son válidos"
        case .unknownRecipient: "No existe ninguna cuenta con ese nombre"
        case .recipientNotAllowed: "No se permite escribir a esa cuenta"
        case .tooManyMessages: "Demasiados mensajes; inténtelo dentro de unos segundos"
        case .notStored: "El mensaje no se ha podido guardar; inténtelo de nuevo"
        }
    }

    /// The acknowledgement.
    var value: Value { ["ok": false, "codigo": .string(rawValue), "mensaje": .string(message)] }
}
