/// What a new connection says first.
enum Greeting {
    /// The commands, in order; Redis answers each with a status, `ROLE` with a list. The role of the link is appended to
    /// the client name.
    static func commands(_ configuration: RedisConfiguration, link: String) -> [[RedisArgument]] {
        var commands = authentication(configuration.user, configuration.password)
        commands.append(["CLIENT", "SETNAME", "\(configuration.clientName)-\(link)"])
        if configuration.database != 0 { commands.append(["SELECT", .integer(configuration.database)]) }
        // Sentinels may be behind the times: whether it is the master, the server knows best.
        if case .sentinel = configuration.deployment { commands.append(["ROLE"]) }
        return commands
    }

    /// What a sentinel is told first.
    static func sentinelCommands(_ configuration: RedisConfiguration) -> [[RedisArgument]] {
        authentication(configuration.sentinelUser, configuration.sentinelPassword)
    }

    private static func authentication(_ user: String?, _ password: String?) -> [[RedisArgument]] {
        guard let password else { return [] }
        return [["AUTH"] + (user.map { [.text($0)] } ?? []) + [.text(password)]]
    }

    /// What is wrong with the reply to a command of the greeting; `nil` if nothing is. Of the command only the first word
    /// is repeated.
    static func problem(_ reply: RedisReply, of command: [RedisArgument]) -> String? {
        if case .error(let text) = reply { return "\(command.name) was refused: \(text)" }
        if let role = reply.array?.first?.text, role == "slave" { return "the server is not the master" }
        return nil
    }
}

extension [RedisArgument] {
    /// The first word, which says what is to be done.
    var name: String {
        if case .text(let text)? = first { text } else { "" }
    }
}
