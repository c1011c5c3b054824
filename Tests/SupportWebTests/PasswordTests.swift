import Testing

@testable import SupportWeb

/// Bcrypt, and who waits for it.
@Suite("Passwords")
struct PasswordTests {
    @Test(
        "checks hashes of other implementations",
        arguments: [
            // Published with the algorithm's test suites: "U*U" and the letters of the alphabet.
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ])
    func vectors(password: String, hash: String) {
        #expect(Bcrypt.verify(password, hash))
        #expect(!Bcrypt.verify(password + "x", hash))
    }

    @Test("a hash is of its password and of no other, and no two are the same")
    func hashes() async throws {
        let hasher = PasswordHasher(cost: 4)
        let hash = try #require(await hasher.hash("contraseña"))
        #expect(hash.hasPrefix("$2b$04$"))
        #expect(hash != (try await hasher.hash("contraseña")))
        #expect(try await hasher.verify("contraseña", hash))
        #expect(try await !hasher.verify("Contraseña", hash))
        #expect(try await !hasher.verify("", hash))
        #expect(try await !hasher.verify("contraseña", nil))
    }

    @Test(
        "what is no hash of an accepted cost is no password's",
        arguments: [
            "", "x", "secreto", "$1$abc$def", "$2b$08$", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "*0", "$6$rounds=5000$toolongsaltstring$x",
        ])
    func foreign(hash: String) async throws {
        #expect(!Bcrypt.isHash(hash))
        #expect(!Bcrypt.verify("U*U", hash))
        #expect(try await !PasswordHasher(cost: 4).verify("U*U", hash))
    }

    @Test("what stands in for a missing account costs what a real one does and is nobody's", arguments: [4, 8, 12])
    func unmatched(cost: Int) {
        let hash = Bcrypt.unmatched(cost: cost)
        #expect(Bcrypt.isHash(hash))
        if cost == 4 { #expect(!Bcrypt.verify("", hash)) }
    }

    @Test("no more passwords wait than may")
    func bounded() async throws {
        let hasher = PasswordHasher(cost: 4, threads: 1, waitingLimit: 0)
        await #expect(throws: PasswordHasher.Busy.self) { try await hasher.hash("x") }
    }
}
