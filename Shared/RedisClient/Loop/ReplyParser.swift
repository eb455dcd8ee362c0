import CHiredis

/// hiredis' reply parser, made to build ``RedisValue``s directly: it calls back once per element, so no reply object
/// is ever allocated in C, and an announced array size alone reserves no memory.
///
/// Sole owner of the reader and of its function table. Confined to the loop's thread.
final class ReplyParser {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private var tree = ReplyTree()

    init() throws(RedisError) {
        self.functions = .allocate(capacity: 1)
        self.functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, count in
                    ReplyParser.add(to: task) { kind in
                        let bytes = UnsafeRawBufferPointer(start: text, count: count)
                        return switch kind {
                        case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
                        case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
                        default: .bytes([UInt8](bytes))
                        }
                    }
                },
                createArray: { task, count in ReplyParser.open(at: task, count: Int(count)) },
                createInteger: { task, value in ReplyParser.add(to: task) { _ in .integer(Int64(value)) } },
                createNil: { task in ReplyParser.add(to: task) { _ in .null } },
                freeObject: { _ in }  // What was built belongs to `tree`.
            )
        )
        guard let reader = redisReaderCreateWithFunctions(self.functions) else {
            self.functions.deallocate()
            throw RedisError(.protocolViolation, "no memory for a parser")
        }
        self.reader = reader
        // Unretained: the reader lives exactly as long as `self`.
        reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        redisReaderFree(self.reader)
        self.functions.deallocate()
    }

    func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        let status = redisReaderFeed(self.reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        guard status == REDIS_OK else { throw self.violation() }
    }

    /// The next complete reply; nil when more bytes are needed.
    func next() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &reply) == REDIS_OK else { throw self.violation() }
        return reply == nil ? nil : self.tree.takeRoot()
    }

    private func violation() -> RedisError {
        let text = withUnsafeBytes(of: self.reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return RedisError(.protocolViolation, text)
    }

    private static func parser(of task: UnsafePointer<redisReadTask>?) -> ReplyParser? {
        guard let context = task?.pointee.privdata else { return nil }
        return Unmanaged<ReplyParser>.fromOpaque(context).takeUnretainedValue()
    }

    /// Any pointer but null tells hiredis that the element was taken; it is never followed.
    private static func add(to task: UnsafePointer<redisReadTask>?, _ value: (Int32) -> RedisValue) -> UnsafeMutableRawPointer? {
        guard let task, let parser = Self.parser(of: task) else { return nil }
        parser.tree.add(value(task.pointee.type))
        return task.pointee.privdata
    }

    private static func open(at task: UnsafePointer<redisReadTask>?, count: Int) -> UnsafeMutableRawPointer? {
        guard let task, let parser = Self.parser(of: task) else { return nil }
        parser.tree.open(count: count)
        return task.pointee.privdata
    }
}
