import Glibc
import Logging
import ServiceLifecycle
import Testing

@testable import Launch

@Suite("Launch", .serialized)
struct LaunchTests {
    private struct Waiting: Service {
        let started: @Sendable () -> Void

        func run() async throws {
            started()
            try await gracefulShutdown()
        }
    }

    private struct Failing: Service {
        struct Failure: Error {}

        func run() async throws { throw Failure() }
    }

    @Test("the first SIGTERM shuts the services down gracefully", .timeLimit(.minutes(1)))
    func firstSignal() async throws {
        let service = Waiting { kill(getpid(), SIGTERM) }
        try await Launch.serve([service], drain: .seconds(30), logger: Logger(label: "test"))
    }

    @Test("the error of a service ends the others and is thrown", .timeLimit(.minutes(1)))
    func failure() async throws {
        await #expect(throws: Failing.Failure.self) {
            try await Launch.serve([Waiting {}, Failing()], drain: .seconds(30), logger: Logger(label: "test"))
        }
    }

    @Test("as many files may be open as the administrator allows")
    func descriptors() {
        Launch.raiseDescriptorLimit()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == limit.rlim_max)
    }
}
