#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The `process_*` metrics, read from `/proc/self` at every exposition.
package enum ProcessMetrics {
    package static func register(in registry: PrometheusRegistry) {
        let cpu = registry.counter(MetricName.processCPUSeconds)
        let resident = registry.gauge(MetricName.processResidentBytes)
        let virtual = registry.gauge(MetricName.processVirtualBytes)
        let open = registry.gauge(MetricName.processOpenFileDescriptors)
        let maximum = registry.gauge(MetricName.processMaximumFileDescriptors)
        registry.gauge(MetricName.processStartTime).set(self.startTime())
        registry.beforeExposing { _ in
            cpu.set(self.cpuSeconds())
            let memory = self.memoryBytes()
            virtual.set(memory.virtual)
            resident.set(memory.resident)
            open.set(self.openFileDescriptors())
            maximum.set(self.maximumFileDescriptors())
        }
    }

    static func cpuSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// `/proc/self/statm`: size and resident, in pages.
    static func memoryBytes() -> (virtual: Double, resident: Double) {
        let fields = self.contents(of: "/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let size = Double(fields[0]), let resident = Double(fields[1]) else { return (0, 0) }
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        return (size * page, resident * page)
    }

    static func openFileDescriptors() -> Double {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return Double(max(0, count - 3))  // ".", ".." and the directory itself
    }

    static func maximumFileDescriptors() -> Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Double(limit.rlim_cur)
    }

    /// Field 22 of `/proc/self/stat` is in clock ticks since boot; `btime` of `/proc/stat` is when that was.
    static func startTime() -> Double {
        let stat = self.contents(of: "/proc/self/stat")
        guard let end = stat.lastIndex(of: ")") else { return 0 }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return 0 }
        for line in self.contents(of: "/proc/stat").split(separator: "\n") where line.hasPrefix("btime ") {
            return (Double(line.dropFirst(6)) ?? 0) + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
        return 0
    }

    private static func contents(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
