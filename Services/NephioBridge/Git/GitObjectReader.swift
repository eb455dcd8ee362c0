import GitObjects
import Subprocess

/// Reads objects through one long-lived `git cat-file --batch`, started at first use and again after it ended.
///
/// Sees refs and packs that appear while it runs. Requests are answered in order; at most ``maxWaiting`` wait. A process
/// that does not answer within the deadline is killed, and the request tried once more with a new one.
actor GitObjectReader {
    private struct Request: Sendable {
        var names: [String]
        var continuation: CheckedContinuation<[GitObject?], any Error>
    }

    private struct Process {
        /// Counts the processes: what concerns one that was replaced must not touch its successor.
        var number: Int
        var requests: AsyncStream<Request>.Continuation
        var task: Task<Void, Never>
        /// That it has been asked for.
        var names = 0
    }

    private static let maxWaiting = 256
    /// Names written before their answers are read. Both pipes hold 64 KiB; more names than fit would block git and us.
    private static let window = 256

    /// Git keeps what it has parsed for as long as it runs: after so many names another one takes its place.
    static let namesOfOneProcess = 20_000

    private let git: GitCommand
    /// Larger objects are skipped over, not held.
    private let maxObjectBytes: Int
    private let deadline: Duration
    private var process: Process?
    /// Those that still answer what they were asked before another one took their place, by number.
    private var retired: [Int: Process] = [:]
    private let limit: Int
    private(set) var processes = 0
    private var waiting = 0

    init(git: GitCommand, maxObjectBytes: Int = 8 << 20, deadline: Duration = .seconds(30), limit: Int = namesOfOneProcess) {
        self.git = git
        self.limit = limit
        self.maxObjectBytes = maxObjectBytes
        self.deadline = deadline
    }

    /// The objects of `names` (an id, a ref, `<commit>:<path>`), nil for each that does not exist.
    ///
    /// Git looks for what it does not find in the list of packs once more. When packs are merged in that moment, an object is in one that is gone again
    /// when it is opened, and in another that was not there yet when the directory was read: what is missing is asked for a second time.
    func objects(_ names: [String]) async throws(GitError) -> [GitObject?] {
        var objects = try await self.answers(to: names)
        let missing = objects.indices.filter { objects[$0] == nil }
        guard !missing.isEmpty else { return objects }
        for (index, object) in zip(missing, try await self.answers(to: missing.map { names[$0] })) { objects[index] = object }
        return objects
    }

    private func answers(to names: [String]) async throws(GitError) -> [GitObject?] {
        guard !names.isEmpty else { return [] }
        guard self.waiting < Self.maxWaiting else { throw .overloaded }
        self.waiting += 1
        defer { self.waiting -= 1 }
        do {
            return try await self.ask(names)
        } catch {
            // The process ended (killed, or its repository was replaced): one more try with a new one.
            do { return try await self.ask(names) } catch { throw .failed(command: "cat-file", message: "\(error)") }
        }
    }

    func object(_ name: String) async throws(GitError) -> GitObject? {
        guard let first = try await self.objects([name]).first else { return nil }
        return first
    }

    func stop() { for number in Array(self.retired.keys) + [self.processes] { self.end(process: number) } }

    deinit {
        for process in Array(self.retired.values) + [self.process].compactMap(\.self) {
            process.requests.finish()
            process.task.cancel()
        }
    }

    private func ask(_ names: [String]) async throws -> [GitObject?] {
        if let old = self.process, old.names > 0, old.names + names.count > self.limit {
            self.process = nil
            self.retired[old.number] = old
            // It ends when it has answered.
            old.requests.finish()
        }
        var process = self.process ?? self.start()
        process.names += names.count
        self.process = process
        let watch = Task { [deadline] in
            try await Task.sleep(for: deadline)
            self.end(process: process.number)
        }
        defer { watch.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            if case .enqueued = process.requests.yield(Request(names: names, continuation: continuation)) { return }
            continuation.resume(throwing: GitError.failed(command: "cat-file", message: "ended"))
        }
    }

    private func end(process number: Int) {
        if let process = self.retired.removeValue(forKey: number) {
            process.task.cancel()
            return
        }
        guard let process = self.process, process.number == number else { return }
        self.process = nil
        process.requests.finish()
        process.task.cancel()
    }

    private func start() -> Process {
        let (stream, requests) = AsyncStream.makeStream(of: Request.self)
        self.processes += 1
        let number = self.processes
        let program = self.git.program
        let launch = self.git.arguments(["cat-file", "--batch"])
        let maxObjectBytes = self.maxObjectBytes
        let task = Task.detached { [weak self] in
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
            await self?.end(process: number)
            // Who asked meanwhile must not wait for ever. A task of its own, because this one may be cancelled.
            requests.finish()
            await Task {
                for await request in stream { request.continuation.resume(throwing: GitError.failed(command: "cat-file", message: "ended")) }
            }.value
        }
        let process = Process(number: number, requests: requests, task: task)
        self.process = process
        return process
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
