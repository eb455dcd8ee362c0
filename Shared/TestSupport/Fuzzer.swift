import Foundation

/// libFuzzer, in a process that was linked with it (`Tests/Sanitizers/fuzz`): inputs that reach code which none before has reached are kept and changed further.
enum Fuzzer {
    private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    private typealias Driver =
        @convention(c) (UnsafeMutablePointer<CInt>, UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>, Callback) -> CInt

    private static let driver: Driver? = dlsym(dlopen(nil, RTLD_NOW), "LLVMFuzzerRunDriver").map { unsafeBitCast($0, to: Driver.self) }

    /// What is tried. The driver's callback is a C function and can hold nothing of its own. Unguarded, since it is set by `run` alone, before the
    /// driver runs, and read by the driver on the thread that called `run`; a process with a fuzzer runs one test, and the driver ends it.
    nonisolated(unsafe) private static var body: ([UInt8]) throws -> Void = { _ in }

    /// Where this process keeps what it finds: `NEPHORAN_FUZZ_DIR`.
    private static var directory: String? { ProcessInfo.processInfo.environment["NEPHORAN_FUZZ_DIR"] }

    /// Does not return where the process has a fuzzer: it ends with 0 after `seconds`, or with another status and the input at the first fault.
    static func run(_ name: String, seeds: [[UInt8]], kept: String, seconds: Int, _ body: ([UInt8]) throws -> Void) {
        guard let driver, let directory else { return }
        let corpus = "\(directory)/corpus/\(name)"
        try? FileManager.default.createDirectory(atPath: corpus, withIntermediateDirectories: true)
        for (number, seed) in seeds.enumerated() { FileManager.default.createFile(atPath: "\(corpus)/seed-\(number)", contents: Data(seed)) }
        let arguments =
            [
                name, "-max_total_time=\(seconds)", "-timeout=20", "-rss_limit_mb=3072", "-max_len=16384", "-use_value_profile=1", "-print_final_stats=1",
                "-artifact_prefix=\(directory)/\(name)-", corpus,
            ] + (FileManager.default.fileExists(atPath: kept) ? [kept] : [])
        withoutActuallyEscaping(body) { body in
            Self.body = body
            var pointers = arguments.map { strdup($0) } + [nil]
            pointers.withUnsafeMutableBufferPointer { buffer in
                var (count, base) = (CInt(arguments.count), buffer.baseAddress)
                _ = driver(&count, &base) { bytes, count in
                    do {
                        try Fuzzer.body(Array(UnsafeBufferPointer(start: bytes, count: count)))
                    } catch {
                        // The way to tell the driver that this input is one to keep.
                        FileHandle.standardError.write(Data("\(error)\n".utf8))
                        abort()
                    }
                    return 0
                }
            }
            // Where the driver comes back, nothing of the closure may stay.
            Self.body = { _ in }
        }
    }
}
