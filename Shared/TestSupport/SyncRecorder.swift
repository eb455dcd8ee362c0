import Foundation

/// A library for `LD_PRELOAD` that notes, after each successful fsync or fdatasync, how many bytes of which file were surely on the disk.
///
/// A kill never tests fsync: what a process has written survives it in the kernel. What a power cut leaves is the file up to the last
/// size noted here, and anything or nothing of the rest.
package final class SyncRecorder: Sendable {
    package let library: String
    private let record: String
    private let directory: TemporaryDirectory

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <unistd.h>

        static int noted(int descriptor, const char *call) {
          int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, call);
          struct stat before;
          /* What is written while the call runs need not be part of it. */
          int known = fstat(descriptor, &before) == 0;
          int result = real(descriptor);
          const char *record = getenv("SYNC_RECORD");
          if (result != 0 || !known || !record) return result;
          char link[64], path[4096], line[4200];
          snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
          ssize_t length = readlink(link, path, sizeof path - 1);
          if (length <= 0) return result;
          path[length] = 0;
          int size = snprintf(line, sizeof line, "%lld %s\\n", (long long)before.st_size, path);
          int file = open(record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
          if (file >= 0) {
            if (write(file, line, size) != size) abort();
            close(file);
          }
          return result;
        }

        int fsync(int descriptor) { return noted(descriptor, "fsync"); }
        int fdatasync(int descriptor) { return noted(descriptor, "fdatasync"); }
        """

    /// Builds the library with the machine's C compiler.
    package init() async throws {
        self.directory = try TemporaryDirectory()
        self.library = self.directory.file("sync-recorder.so")
        self.record = self.directory.file("synced")
        let source = self.directory.file("sync-recorder.c")
        try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
        let compiler = try ServiceProcess(
            "cc", executable: "cc", arguments: ["-shared", "-fPIC", "-O1", "-o", self.library, source, "-ldl"], environment: [:],
            log: self.directory.file("cc.log"))
        defer { compiler.stop() }
        guard try await compiler.exitStatus(within: .seconds(60)) == 0 else {
            throw CompilerError(text: (try? String(contentsOfFile: self.directory.file("cc.log"), encoding: .utf8)) ?? "")
        }
    }

    struct CompilerError: Error { let text: String }

    /// What the process to be watched needs in its environment.
    package var environment: [String: String] { ["LD_PRELOAD": self.library, "SYNC_RECORD": self.record] }

    /// How many bytes of the file at `path` were synchronised last; 0 if never.
    package func synchronised(_ path: String) -> Int { self.sizes(path).last ?? 0 }

    /// How often it was synchronised.
    package func count(_ path: String) -> Int { self.sizes(path).count }

    private func sizes(_ path: String) -> [Int] {
        let text = (try? String(contentsOfFile: self.record, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[1] == path ? Int(parts[0]) : nil
        }
    }
}
