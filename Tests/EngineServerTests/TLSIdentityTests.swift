import EngineServer
import Foundation
import Testing

@Suite("TLS identity")
struct TLSIdentityTests {
    /// Two files for the time of a test.
    private func withFiles(
        _ certificate: String, _ key: String, _ body: (_ certificate: String, _ key: String) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = [folder.appending(path: "chain.pem"), folder.appending(path: "key.pem")]
        try certificate.write(to: paths[0], atomically: true, encoding: .utf8)
        try key.write(to: paths[1], atomically: true, encoding: .utf8)
        try body(paths[0].path, paths[1].path)
    }

    @Test("is read from the files, and again when they have changed")
    func reload() throws {
        try withFiles(Self.certificateA, Self.keyA) { certificate, key in
            let identity = try TLSIdentity(certificateFile: certificate, keyFile: key)
            try Self.certificateB.write(toFile: certificate, atomically: true, encoding: .utf8)
            #expect(throws: TLSIdentityError.self) { try identity.reload() }
            try Self.keyB.write(toFile: key, atomically: true, encoding: .utf8)
            try identity.reload()
        }
    }

    @Test(
        "names the file that cannot be used",
        arguments: [
            (certificateA, keyB, "key.pem", "does not belong"), (keyA, keyA, "chain.pem", "certificate"),
            ("", keyA, "chain.pem", "certificate"), (certificateA, "nonsense", "key.pem", "private key"),
        ])
    func errors(certificate: String, key: String, file: String, problem: String) throws {
        try withFiles(certificate, key) { certificate, key in
            let error = #expect(throws: TLSIdentityError.self) {
                try TLSIdentity(certificateFile: certificate, keyFile: key)
            }
            #expect(error?.file.hasSuffix(file) == true)
            #expect(error?.problem.contains(problem) == true)
        }
        #expect(throws: TLSIdentityError.self) { try TLSIdentity(certificateFile: "/nonexistent", keyFile: "/none") }
    }

    // Made for these tests, valid until 2126.

    private static let certificateA = """
        -----BEGIN CERTIFICATE-----
        MIIBcDCCARWgAwIBAgIUClqWajM1/qGhceHwYOIYsBmCkv0wCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBYTAgFw0yNjExMjExNTM0MDZaGA8yMTI2MTAyODE1MzQwNlow
        DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKdfVOeWIzw/
        bn5wIPoPjUiQxh4meH8znc5mhZocTeCp4b0EmoKex6lae7VfnRDlN1ibbJT4B7AG
        4KeeNZWE8sujUzBRMB0GA1UdDgQWBBRPaLLH2FRiyQstxdFq5yZ8w6pz1zAfBgNV
        HSMEGDAWgBRPaLLH2FRiyQstxdFq5yZ8w6pz1zAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0kAMEYCIQChtHaM9vDMShw9nXW1FcEhr0Ee6Ux/kcm4MfRwuonh
        4QIhAL8h6WxzS1DJ/DYCXhafbRlEiSI10Lo4ri5kaCQxFb2U
        -----END CERTIFICATE-----
        """

    private static let keyA = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg66/XElT6IRacP+CK
        MHZohMxkgEqyjikBqYYghtDcQOqhRANCAASnX1TnliM8P25+cCD6D41IkMYeJnh/
        M53OZoWaHE3gqeG9BJqCnsepWnu1X50Q5TdYm2yU+AewBuCnnjWVhPLL
        -----END PRIVATE KEY-----
        """

    private static let certificateB = """
        -----BEGIN CERTIFICATE-----
        MIIBbjCCARWgAwIBAgIUK09l26CdYDHx21DWwvZGkyKFZWcwCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBYjAgFw0yNjExMjExNTM0MDZaGA8yMTI2MTAyODE1MzQwNlow
        DDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPJiQT7gRoMC
        5mHiTbCOiE4AKUaxto6UpASZ4oqXsv7pFG9fINYW0eB0loFf0y03z36V95mzOYsI
        Emt6cyKJ5D6jUzBRMB0GA1UdDgQWBBQ3sW8wt7/IK1hY2Wd9V+V/gNEHFDAfBgNV
        HSMEGDAWgBQ3sW8wt7/IK1hY2Wd9V+V/gNEHFDAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0cAMEQCIGRJ6+bOstRbe6Qm5vAjGGO2ZsPOLnceSNU7yfaeUCO8
        AiB2MK78EtfI8Mp+CGSeh21wlEWPlSVnDvExxumGTAb/Kg==
        -----END CERTIFICATE-----
        """

    private static let keyB = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaGzBoClNhGL4VJtu
        LwUGKJ3a0JpLRvmU14rp6qkZxMyhRANCAATyYkE+4EaDAuZh4k2wjohOAClGsbaO
        lKQEmeKKl7L+6RRvXyDWFtHgdJaBX9MtN89+lfeZszmLCBJrenMiieQ+
        -----END PRIVATE KEY-----
        """
}
