import Subprocess

/// Reads objects through one long-lived `git cat-file --batch`, started at first use and again after it ended.
///
/// Sees refs and packs that appear while it runs. Requests are answered in order; at most ``maxWaiting`` wait.
actor GitObjectReader {
    private struct Request: Sendable {
        var names: [String]
        var continuation: CheckedContinuation<[GitObject?], any Error>
    }

    private static let maxWaiting = 256
    /// Names written before their answers are read. Both pipes hold 64 KiB; more names than fit would block git and us.
    private static let window = 256

    private let git: GitCommand
    /// Larger objects are skipped over, not held.
    private let maxObjectBytes: Int
    private let deadline: Duration
    private var requests: AsyncStream<Request>.Continuation?
    private var process: Task<Void, Never>?
    private var waiting = 0

    init(git: GitCommand, maxObjectBytes: Int = 8 << 20, deadline: Duration = .seconds(30)) {
        self.git = git
        self.maxObjectBytes = maxObjectBytes
        self.deadline = deadline
    }

    /// The objects of `names` (an id, a ref, `<commit>:<path>`), nil for each that does not exist.
    func objects(_ names: [String]) async throws(GitError) -> [GitObject?] {
        guard !names.isEmpty else { return [] }
        guard self.waiting < Self.maxWaiting else { throw .overloaded }
        self.waiting += 1
        defer { self.waiting -= 1 }
        do {
            return try await self.ask(names)
        } catch GitError.timedOut {
            throw .timedOut(command: "cat-file")
        } catch {
            // The process ended (killed, or its repository was replaced): one more try with a new one.
            do { return try await self.ask(names) } catch { throw .failed(command: "cat-file", message: "\(error)") }
        }
    }

    func object(_ name: String) async throws(GitError) -> GitObject? {
        guard let first = try await self.objects([name]).first else { return nil }
        return first
    }

    func stop() {
        self.requests?.finish()
        self.requests = nil
        self.process?.cancel()
        self.process = nil
    }

    private func ask(_ names: [String]) async throws -> [GitObject?] {
        let requests = self.requests ?? self.start()
        let watch = Task { [deadline] in
            try await Task.sleep(for: deadline)
            self.stop()
        }
        defer { watch.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            if case .enqueued = requests.yield(Request(names: names, continuation: continuation)) { return }
            continuation.resume(throwing: GitError.failed(command: "cat-file", message: "ended"))
        }
    }

    private func start() -> AsyncStream<Request>.Continuation {
        let (stream, continuation) = AsyncStream.makeStream(of: Request.self)
        self.requests = continuation
        let program = self.git.program
        let launch = self.git.arguments(["cat-file", "--batch"])
        let maxObjectBytes = self.maxObjectBytes
        self.process = Task.detached {
            _ = try? await Subprocess.run(
                program, arguments: launch, environment: GitCommand.environment([:], isolated: true),
                platformOptions: GitCommand.platformOptions, input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                var answers = AnswerStream(buffers: execution.standardOutput.makeAsyncIterator(), maxObjectBytes: maxObjectBytes)
                for await request in stream {
                    do {
                        var objects: [GitObject?] = []
                        objects.reserveCapacity(request.names.count)
                        for start in stride(from: 0, to: request.names.count, by: Self.window) {
                            let names = request.names[start..<min(start + Self.window, request.names.count)]
                            _ = try await execution.standardInputWriter.write(Array((names.joined(separator: "\n") + "\n").utf8))
                            for _ in names { objects.append(try await answers.next()) }
                        }
                        request.continuation.resume(returning: objects)
                    } catch {
                        request.continuation.resume(throwing: error)
                        throw error
                    }
                }
            }
            await self.ended(continuation)
            // Who asked meanwhile must not wait for ever.
            for await request in stream { request.continuation.resume(throwing: GitError.failed(command: "cat-file", message: "ended")) }
        }
        return continuation
    }

    private func ended(_ continuation: AsyncStream<Request>.Continuation) {
        continuation.finish()
        self.requests = nil
        self.process = nil
    }

    /// `<id> SP <kind> SP <size> LF <content> LF`, or `<name> SP missing LF`.
    private struct AnswerStream {
        var buffers: SubprocessOutputSequence.Iterator
        let maxObjectBytes: Int
        private var bytes: [UInt8] = []
        private var position = 0

        init(buffers: SubprocessOutputSequence.Iterator, maxObjectBytes: Int) {
            self.buffers = buffers
            self.maxObjectBytes = maxObjectBytes
        }

        mutating func next() async throws -> GitObject? {
            let header = String(decoding: try await self.line(), as: UTF8.self)
            let words = header.split(separator: " ")
            guard words.count == 3, let id = ObjectID(words[0]), let kind = GitObject.Kind(rawValue: String(words[1])), let size = Int(words[2])
            else { return nil }
            guard size <= self.maxObjectBytes else {
                var rest = size + 1
                while rest > 0 { rest -= try await self.take(min(rest, 1 << 16)).count }
                return GitObject(id: id, kind: kind, size: size, content: [])
            }
            var content = try await self.take(size + 1)
            content.removeLast()
            return GitObject(id: id, kind: kind, size: size, content: Array(content))
        }

        private mutating func line() async throws -> ArraySlice<UInt8> {
            var searched = self.position
            while true {
                if let end = self.bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                    defer { self.position = end + 1 }
                    return self.bytes[self.position..<end]
                }
                let unread = self.bytes.count - self.position
                try await self.fill()
                searched = self.position + unread
            }
        }

        private mutating func take(_ count: Int) async throws -> ArraySlice<UInt8> {
            while self.bytes.count - self.position < count { try await self.fill() }
            defer { self.position += count }
            return self.bytes[self.position..<(self.position + count)]
        }

        private mutating func fill() async throws {
            guard let buffer = try await self.buffers.next() else { throw GitError.failed(command: "cat-file", message: "ended") }
            if self.position == self.bytes.count {
                self.bytes.removeAll(keepingCapacity: true)
                self.position = 0
            } else if self.position > 1 << 16 {
                self.bytes.removeFirst(self.position)
                self.position = 0
            }
            buffer.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
        }
    }
}
