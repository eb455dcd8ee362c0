import RedisClient

/// The server-side scripts, one file each under `Scripts/`.
enum LedgerScripts {
    static let accept = RedisScript(String(decoding: PackageResources.accept_lua, as: UTF8.self))
    static let step = RedisScript(String(decoding: PackageResources.step_lua, as: UTF8.self))
    static let postpone = RedisScript(String(decoding: PackageResources.postpone_lua, as: UTF8.self))
    static let bury = RedisScript(String(decoding: PackageResources.bury_lua, as: UTF8.self))
    static let archived = RedisScript(String(decoding: PackageResources.archived_lua, as: UTF8.self))
    static let sweep = RedisScript(String(decoding: PackageResources.sweep_lua, as: UTF8.self))
    static let reserve = RedisScript(String(decoding: PackageResources.reserve_lua, as: UTF8.self))
    static let release = RedisScript(String(decoding: PackageResources.release_lua, as: UTF8.self))
    static let wake = RedisScript(String(decoding: PackageResources.wake_lua, as: UTF8.self))
    static let tick = RedisScript(String(decoding: PackageResources.tick_lua, as: UTF8.self))
}
