import RedisClient

/// The server-side scripts, one file each under `Scripts/`.
enum LedgerScripts {
    static let accept = script(PackageResources.accept_lua)
    static let step = script(PackageResources.step_lua)
    static let postpone = script(PackageResources.postpone_lua)
    static let bury = script(PackageResources.bury_lua)
    static let letter = script(PackageResources.letter_lua)
    static let redrive = script(PackageResources.redrive_lua)
    static let archived = script(PackageResources.archived_lua)
    static let sweep = script(PackageResources.sweep_lua)
    static let reserve = script(PackageResources.reserve_lua)
    static let release = script(PackageResources.release_lua)
    static let wake = script(PackageResources.wake_lua)
    static let tick = script(PackageResources.tick_lua)

    /// Each touches more keys with the hash tag of its first than it is given.
    private static func script(_ source: [UInt8]) -> RedisScript { RedisScript(String(decoding: source, as: UTF8.self), needsWholeSlot: true) }
}
