import Foundation
import TestSupport
import Testing

@testable import AuditLog

/// Real files; every kind of change to them is made and looked for.
@Suite struct AuditLogTests {
    private static func draft(_ number: Int, _ who: String = "ops") -> AuditDraft {
        AuditDraft(
            at: "2026-05-28T20:26:\(10 + number % 50).000Z", who: who, tenant: "default", verb: "submit", object: "/v1/intents/\(number)", outcome: "received",
            detail: "line\nbreak \"quoted\" \\ \u{1} ü", position: "\(1_000 + number)-0")
    }

    private static func withLog(_ count: Int = 20, _ body: (AuditDirectory, TemporaryDirectory, [AuditHead]) async throws -> Void) async throws {
        let place = try TemporaryDirectory()
        let path = place.file("audit")
        var heads: [AuditHead] = []
        do {
            let store = try await AuditStore.open(path: path, chains: ["p00", "p01", "access"])
            for number in 1...count {
                try await store.append([Self.draft(number)], to: "p00")
                try await store.append([Self.draft(number, "other"), Self.draft(number + 1)], to: "p01")
            }
            heads = await store.heads()
        }
        try await body(AuditDirectory(path: path), place, heads)
    }

    private static func file(_ directory: AuditDirectory, _ chain: String = "p00") throws -> String {
        try #require(try directory.segments(of: chain).first).file
    }

    private static func change(_ file: String, _ body: (inout [String]) -> Void) throws {
        var lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        body(&lines)
        try lines.map { $0 + "\n" }.joined().write(toFile: file, atomically: false, encoding: .utf8)
    }

    @Test("what was written is sound, and goes on after it was closed")
    func sound() async throws {
        try await Self.withLog { directory, _, heads in
            let report = try AuditReport(of: directory, anchors: heads)
            #expect(report.isSound)
            #expect(
                report.chains == [
                    .init(chain: "access", entries: 0, anchors: 0), .init(chain: "p00", entries: 20, anchors: 1), .init(chain: "p01", entries: 40, anchors: 1),
                ])
            do {
                let store = try await AuditStore.open(path: directory.path, chains: ["p00"])
                // The one before gives the log up when the last of its work has let go of it.
                try await eventually { try await store.begin() }
                #expect(await store.position(of: "p00") == "1020-0")
                try await store.append([Self.draft(21)], to: "p00")
            }
            #expect(try AuditReport(of: directory, anchors: heads).isSound)
            #expect(heads.map(\.chain) == ["p00", "p01"] && heads.map(\.sequence) == [20, 40])
        }
    }

    @Test("a hash is what sha256sum says of the line before it")
    func plain() async throws {
        try await Self.withLog(2) { directory, _, _ in
            let line = String(decoding: try #require(try AuditDirectory.lines(of: Self.file(directory)).first), as: UTF8.self)
            let cut = try #require(line.range(of: ",\"hash\":\""))
            #expect(line[cut.upperBound...] == AuditHash.of(line[..<cut.lowerBound].utf8) + "\"}")
            #expect(AuditHash.of("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        }
    }

    @Test("every flipped byte is found, in its entry", arguments: [1, 7, 20])
    func flipped(_ sequence: Int) async throws {
        try await Self.withLog { directory, _, heads in
            let file = try Self.file(directory)
            let good = try [UInt8](Data(contentsOf: URL(filePath: file)))
            let ends = [0] + good.indices.filter { good[$0] == 10 }.map { $0 + 1 }
            // But for the newline: without its last one a line is not there yet.
            for index in stride(from: ends[sequence - 1], to: ends[sequence] - 1, by: 3) {
                var bad = good
                bad[index] ^= 0x01
                try Data(bad).write(to: URL(filePath: file))
                let fault = try #require(try AuditReport(of: directory, anchors: heads).faults.first, "byte \(index)")
                #expect(fault.chain == "p00" && fault.sequence == sequence && fault.kind == .altered, "byte \(index): \(fault)")
            }
            try Data(good).write(to: URL(filePath: file))
            #expect(try AuditReport(of: directory, anchors: heads).isSound)
        }
    }

    @Test("a removed line is missing, in the middle and at the end")
    func removed() async throws {
        try await Self.withLog { directory, _, heads in
            try Self.change(Self.file(directory)) { $0.remove(at: 4) }
            #expect(try AuditReport(of: directory, anchors: heads).faults.map(\.kind) == [.missing])
            #expect(try AuditReport(of: directory, anchors: heads).faults.map(\.sequence) == [5])
        }
        try await Self.withLog { directory, _, heads in
            try Self.change(Self.file(directory)) { $0.removeLast(3) }
            #expect(try AuditReport(of: directory, anchors: []).isSound, "what nobody anchored")
            let fault = try #require(try AuditReport(of: directory, anchors: heads).faults.first)
            #expect(fault.kind == .truncated && fault.sequence == 18)
        }
    }

    @Test("lines that changed places, and chains that did, are misplaced and foreign")
    func reordered() async throws {
        try await Self.withLog { directory, _, heads in
            try Self.change(Self.file(directory)) { $0.swapAt(6, 11) }
            let fault = try #require(try AuditReport(of: directory, anchors: heads).faults.first)
            #expect(fault.kind == .misplaced && fault.sequence == 7 && fault.place.hasSuffix(":7"))
        }
        try await Self.withLog { directory, place, heads in
            let manager = FileManager.default
            try manager.moveItem(atPath: "\(directory.path)/p00", toPath: place.file("p"))
            try manager.moveItem(atPath: "\(directory.path)/p01", toPath: "\(directory.path)/p00")
            try manager.moveItem(atPath: place.file("p"), toPath: "\(directory.path)/p01")
            let faults = try AuditReport(of: directory, anchors: heads).faults
            #expect(faults.map(\.chain) == ["p00", "p01"] && faults.map(\.kind) == [.foreign, .foreign] && faults.map(\.sequence) == [1, 1])
        }
        try await Self.withLog { directory, _, heads in
            try FileManager.default.removeItem(atPath: "\(directory.path)/p01")
            let fault = try #require(try AuditReport(of: directory, anchors: heads).faults.first)
            #expect(fault.chain == "p01" && fault.kind == .truncated && fault.sequence == 1)
        }
    }

    @Test("a chain that somebody wrote anew, hashes and all, contradicts its anchor or the entry after it")
    func rewritten() async throws {
        try await Self.withLog { directory, _, heads in
            let file = try Self.file(directory)
            var lines = try AuditDirectory.lines(of: file).map { Array($0) }
            var entry = try #require(AuditLine(lines[9])).entry
            entry.who = "nobody"
            lines[9] = AuditLine(entry).bytes
            func write() throws { try Data(lines.flatMap { $0 + [10] }).write(to: URL(filePath: file)) }
            try write()
            let fault = try #require(try AuditReport(of: directory, anchors: []).faults.first)
            #expect(fault.kind == .rewritten && fault.sequence == 10)
            // … and all that follow.
            for index in 10..<20 {
                var next = try #require(AuditLine(lines[index])).entry
                next.previous = try #require(AuditLine(lines[index - 1])).hash
                lines[index] = AuditLine(next).bytes
            }
            try write()
            #expect(try AuditReport(of: directory, anchors: []).isSound)
            let anchored = try #require(try AuditReport(of: directory, anchors: heads).faults.first)
            #expect(anchored.kind == .rewritten && anchored.sequence == 20)
        }
    }

    @Test("a line that was being written when the power went is taken away; one that was altered is not written after")
    func torn() async throws {
        try await Self.withLog { directory, _, heads in
            let file = try Self.file(directory)
            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("{\"chain\":\"p00\",\"sequ".utf8))
            try handle.close()
            do {
                let store = try await AuditStore.open(path: directory.path, chains: ["p00"])
                // The one before gives the log up when the last of its work has let go of it.
                try await eventually { try await store.begin() }
                try await store.append([Self.draft(21), Self.draft(22)], to: "p00")
            }
            let report = try AuditReport(of: directory, anchors: heads)
            #expect(report.isSound && report.chains.first { $0.chain == "p00" }?.entries == 22)
            try Self.change(file) { $0[21] = $0[21].replacingOccurrences(of: "ops", with: "oqs") }
            await #expect(throws: AuditFailure.self) {
                let store = try await AuditStore.open(path: directory.path, chains: ["p00"])
                try await eventually { try await store.begin() }
            }
        }
    }

    @Test("a second writer waits until the first one has ended, and goes on where that was")
    func exclusive() async throws {
        let place = try TemporaryDirectory()
        let path = place.file("audit")
        let second: AuditStore
        do {
            let first = try await AuditStore.open(path: path, chains: ["p00"])
            try await first.append([Self.draft(1)], to: "p00")
            second = try await AuditStore.open(path: path, chains: ["p00"])
            #expect(try await second.begin() == false)
            await #expect(throws: AuditStore.Busy.self) { try await second.append([Self.draft(3)], to: "p00") }
            try await first.append([Self.draft(2)], to: "p00")
            #expect(await second.heads().isEmpty)
        }
        try await eventually { try await second.begin() }
        try await second.append([Self.draft(3)], to: "p00")
        let report = try AuditReport(of: AuditDirectory(path: path), anchors: [])
        #expect(report.isSound && report.chains.first?.entries == 3)
    }

    @Test("pages go backwards through all chains, each entry once")
    func pages() async throws {
        try await Self.withLog { directory, _, _ in
            var selection = AuditSelection()
            selection.who = "other"
            var found: [String] = []
            var before: [String: Int] = [:]
            for _ in 0..<20 {
                let page = try directory.page(selection, limit: 3, before: before)
                found += page.entries.map { "\($0.chain)/\($0.sequence)" }
                before = page.rest
                if before.isEmpty { break }
            }
            #expect(found.count == 20 && Set(found).count == 20)
            var everything: Set<String> = []
            before = [:]
            repeat {
                let page = try directory.page(AuditSelection(), limit: 7, before: before)
                for entry in page.entries { #expect(everything.insert("\(entry.chain)/\(entry.sequence)").inserted) }
                before = page.rest
            } while !before.isEmpty
            #expect(everything.count == 60)
        }
    }

    @Test("an export is verified like the log it was taken of")
    func export() async throws {
        try await Self.withLog { directory, _, heads in
            var lines: [ArraySlice<UInt8>] = []
            for chain in try directory.chains() { for segment in try directory.segments(of: chain) { lines += try AuditDirectory.lines(of: segment.file) } }
            #expect(AuditReport(ofExport: lines, name: "export", anchors: heads).isSound)
            let fault = try #require(AuditReport(ofExport: lines.dropLast(), name: "export", anchors: heads).faults.first)
            #expect(fault.chain == "p01" && fault.kind == .truncated && fault.sequence == 40)
        }
    }
}
