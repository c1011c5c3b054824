/// What a new connection says first.
enum Greeting {
    /// The commands, in order; Redis answers each with a status. The role of the link is appended to the client name.
    static func commands(_ configuration: RedisConfiguration, link: String) -> [[RedisArgument]] {
        var commands: [[RedisArgument]] = []
        if let password = configuration.password {
            let user = configuration.user.map { [RedisArgument.text($0)] } ?? []
            commands.append(["AUTH"] + user + [.text(password)])
        }
        commands.append(["CLIENT", "SETNAME", "\(configuration.clientName)-\(link)"])
        if configuration.database != 0 { commands.append(["SELECT", .integer(configuration.database)]) }
        return commands
    }
}
