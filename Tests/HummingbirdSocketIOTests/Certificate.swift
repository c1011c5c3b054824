/// A certificate of `localhost` that nobody else trusts, and its key.
enum Certificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBlTCCATugAwIBAgIUDPzNta1hmVrqTQtzs7FoWmo+wA0wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE1NDU1OVoYDzIxMjYxMDI4
        MTU0NTU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAARQTvTApa6x383sEuqnBm4WXQrR8czR6FuUHI2ZeN6KutErnZAHRIrx
        XcPZPws+J3gBi8mzKzPtO9ubo1IOIuyBo2kwZzAdBgNVHQ4EFgQUETlLPENADcVM
        Uh4neipNvlvX8ZQwHwYDVR0jBBgwFoAUETlLPENADcVMUh4neipNvlvX8ZQwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        SAAwRQIhAMy82w0oCetcJzPMV5kuaWQRmATjDqF42tCYVLVHwEF8AiAEiW+6n0ia
        Gf9xLZ5HKg/Z1hzlrJ4PlnyizOfVZvKbnQ==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgACsAicWiMvuYKpoF
        zO2eZEEgVJQLs//1h5LEXiiGVx6hRANCAARQTvTApa6x383sEuqnBm4WXQrR8czR
        6FuUHI2ZeN6KutErnZAHRIrxXcPZPws+J3gBi8mzKzPtO9ubo1IOIuyB
        -----END PRIVATE KEY-----
        """
}
