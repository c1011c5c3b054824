import Synchronization

/// Collects a known number of answers from several threads and then hands them over, once.
final class Gathering<Answer: Sendable>: Sendable {
    private let expected: Int
    private let completion: @Sendable ([Answer]) -> Void
    private let answers = Mutex<[Answer]>([])

    init(expected: Int, _ completion: @escaping @Sendable ([Answer]) -> Void) {
        self.expected = expected
        self.completion = completion
    }

    func add(_ answer: Answer) {
        let all = answers.withLock { answers in
            answers.append(answer)
            return answers.count == expected ? answers : nil
        }
        if let all { completion(all) }
    }
}
