import RedisClient

/// The server-side scripts, one file each under `Scripts/`. A value, so that a test can take a guard out of one and see what it was good for.
struct LedgerScripts: Sendable {
    var accept = Self.script(PackageResources.accept_lua)
    var step = Self.script(PackageResources.step_lua)
    var postpone = Self.script(PackageResources.postpone_lua)
    var bury = Self.script(PackageResources.bury_lua)
    var letter = Self.script(PackageResources.letter_lua)
    var redrive = Self.script(PackageResources.redrive_lua)
    var archived = Self.script(PackageResources.archived_lua)
    var sweep = Self.script(PackageResources.sweep_lua)
    var line = Self.script(PackageResources.line_lua)
    var reserve = Self.script(PackageResources.reserve_lua)
    var release = Self.script(PackageResources.release_lua)
    var wake = Self.script(PackageResources.wake_lua)
    var handback = Self.script(PackageResources.handback_lua)
    var room = Self.script(PackageResources.room_lua)
    var rule = Self.script(PackageResources.rule_lua)
    var tick = Self.script(PackageResources.tick_lua)

    static let standard = LedgerScripts()

    /// Each touches more keys with the hash tag of its first than it is given.
    private static func script(_ source: [UInt8]) -> RedisScript { RedisScript(String(decoding: source, as: UTF8.self), needsWholeSlot: true) }
}
