import Configuration
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings of a service, all of them checked: defaults < YAML file < environment < command line.
///
/// Reading one that was declared cannot fail. Read at start and keep the value; for what may change while the service runs, see
/// ``onReload(_:)``.
package final class Settings: Sendable {
    private struct State {
        var texts: [SettingName: String]
        var file: [AbsoluteConfigKey: ConfigValue]
        var secretFiles: Set<String> = []
        var observers: [@Sendable (Settings) -> Void] = []
    }

    private let service: String
    private let declarations: [SettingName: SettingDeclaration]
    private let flags: InMemoryProvider
    private let environment: EnvironmentVariablesProvider
    /// Path of the YAML file, if there is one.
    package let file: String?
    private let state: Mutex<State>

    /// Reads and checks everything. Throws the first thing that is not allowed.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    package init(
        service: String, declarations: [SettingDeclaration], arguments: [String] = [], environment: [String: String] = [:]
    ) throws(InvalidSetting) {
        self.service = service
        self.declarations = Dictionary(declarations.map { ($0.name, $0) }) { $1 }
        let known = declarations.map(\.name)

        var flags: [AbsoluteConfigKey: ConfigValue] = [:]
        for (flag, value) in try CommandLineFlags(arguments).values {
            let name = SettingName(flag == "--config" ? SettingsFile.key : flag)
            guard known.contains(name) || Self.secretFile(name, in: self.declarations) != nil else {
                throw InvalidSetting(unknown: flag, allowed: known.map(\.flag).sorted().joined(separator: ", "), source: "command line")
            }
            flags[Self.key(name)] = ConfigValue(.string(value), isSecret: self.declarations[name]?.isSecret ?? true)
        }
        self.flags = InMemoryProvider(name: "command line", values: flags)
        self.environment = EnvironmentVariablesProvider(
            environmentVariables: Dictionary(environment.map { (SettingName.identity(of: $0.key).uppercased(), $0.value) }) { a, _ in a },
            secretsSpecifier: .all
        )
        let starting = ConfigReader(providers: [self.flags, self.environment])
        self.file = starting.string(forKey: Self.configKey(SettingName(SettingsFile.key))).flatMap { $0.isEmpty ? nil : $0 }
        self.state = Mutex(State(texts: [:], file: [:]))

        let file = try self.readFile()
        let (texts, secretFiles) = try self.check(file)
        self.state.withLock {
            $0.file = file
            $0.texts = texts
            $0.secretFiles = secretFiles
        }
    }

    package subscript<Value>(_ key: SettingKey<Value>) -> Value {
        guard let text = self.state.withLock({ $0.texts[key.name] }) else { return key.defaultValue }
        return key.parse(text) ?? key.defaultValue
    }

    /// Whether somebody set it, rather than leaving the default.
    package func isSet<Value>(_ key: SettingKey<Value>) -> Bool { self.state.withLock { $0.texts[key.name] != nil } }

    /// The settings file and the files that secrets came from.
    var watchedFiles: [String] { [self.file].compactMap { $0 } + self.state.withLock { $0.secretFiles.sorted() } }

    /// Called after the file was read again and its values differ. On a thread of its own; must be quick.
    package func onReload(_ observer: @escaping @Sendable (Settings) -> Void) { self.state.withLock { $0.observers.append(observer) } }

    /// Reads the file, and those of secrets, again. Nothing changes when something in it is not allowed.
    package func reload() throws(InvalidSetting) {
        let file = try self.readFile()
        let (texts, secretFiles) = try self.check(file)
        let observers = self.state.withLock { state -> [@Sendable (Settings) -> Void] in
            guard state.texts != texts else { return [] }
            state.file = file
            state.texts = texts
            state.secretFiles = secretFiles
            return state.observers
        }
        for observer in observers { observer(self) }
    }

    /// Name and value of all settings, secrets hidden. For a support bundle.
    package var summary: [(name: String, value: String)] {
        let texts = self.state.withLock { $0.texts }
        return self.declarations.values.sorted { $0.name.description < $1.name.description }.map { declaration in
            let text = texts[declaration.name]
            return (declaration.name.description, declaration.isSecret && text != nil ? "***" : text ?? declaration.defaultText ?? "")
        }
    }

    /// What must not be told: the values of secrets, and the passwords in addresses.
    var secrets: [String] {
        let texts = self.state.withLock { $0.texts }
        return texts.flatMap { name, text in
            // Names and values: a name such as "authorization" is no secret.
            if name == TraceSettings.headers.name { return (try? TraceSettings.headers(text))?.map(\.1) ?? [] }
            return self.declarations[name]?.isSecret == true ? [text] : Self.passwords(in: text)
        }
    }

    /// Of `scheme://user:password@host`, as it stands there and as it is meant.
    private static func passwords(in text: String) -> [String] {
        text.matches(of: /:\/\/[^\/\s:@]*:([^\/\s]+)@/).map { String($0.output.1) }.flatMap { [$0, $0.removingPercentEncoding ?? $0] }
    }

    // MARK: Layers

    private func readFile() throws(InvalidSetting) -> [AbsoluteConfigKey: ConfigValue] {
        guard let path = self.file else { return [:] }
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for entry in try SettingsFile(path: path, service: self.service).entries {
            let name = SettingName(entry.key)
            guard self.declarations[name] != nil || Self.secretFile(name, in: self.declarations) != nil || SharedSettingNames.all.contains(name) else {
                let known = self.declarations.keys.map(\.description).sorted().joined(separator: ", ")
                throw InvalidSetting(unknown: entry.key, allowed: known, source: path)
            }
            values[Self.key(name)] = ConfigValue(.string(entry.value), isSecret: self.declarations[name]?.isSecret ?? true)
        }
        return values
    }

    private func check(_ file: [AbsoluteConfigKey: ConfigValue]) throws(InvalidSetting) -> (texts: [SettingName: String], secretFiles: Set<String>) {
        let layers: [(source: String, reader: ConfigReader)] = [
            ("command line", ConfigReader(provider: self.flags)),
            ("environment", ConfigReader(provider: self.environment)),
            (self.file ?? "file", ConfigReader(provider: InMemoryProvider(name: "file", values: file))),
        ]
        var texts: [SettingName: String] = [:]
        var secretFiles: Set<String> = []
        for (name, declaration) in self.declarations {
            for (source, reader) in layers {
                guard var text = reader.string(forKey: Self.configKey(name), isSecret: declaration.isSecret) else {
                    guard declaration.isSecret, let path = reader.string(forKey: Self.configKey(SettingName(name.description + "_FILE"))), !path.isEmpty else {
                        continue
                    }
                    let secret = try Self.secret(in: path, for: name, source)
                    guard declaration.accepts(secret) else {
                        throw InvalidSetting(key: name.description + "_FILE", value: path, allowed: declaration.allowed, source: source)
                    }
                    texts[name] = secret
                    secretFiles.insert(path)
                    break
                }
                text = String(text)
                guard declaration.accepts(text) else {
                    throw InvalidSetting(key: name.description, value: declaration.isSecret ? "***" : text, allowed: declaration.allowed, source: source)
                }
                texts[name] = text
                break
            }
        }
        return (texts, secretFiles)
    }

    private static func secret(in path: String, for name: SettingName, _ source: String) throws(InvalidSetting) -> String {
        do {
            return String(try String(contentsOf: URL(filePath: path), encoding: .utf8).trimmingSpaces)
        } catch {
            throw InvalidSetting(key: name.description + "_FILE", value: path, allowed: "path of a readable file", source: source)
        }
    }

    /// The secret whose value `name` says to read from a file.
    private static func secretFile(_ name: SettingName, in declarations: [SettingName: SettingDeclaration]) -> SettingDeclaration? {
        guard name.identity.hasSuffix("file") else { return nil }
        return declarations[SettingName(String(name.identity.dropLast(4)))].flatMap { $0.isSecret ? $0 : nil }
    }

    private static func configKey(_ name: SettingName) -> ConfigKey { ConfigKey([name.identity]) }
    private static func key(_ name: SettingName) -> AbsoluteConfigKey { AbsoluteConfigKey([name.identity], context: [:]) }

    // MARK: Help

    /// What `--help` prints.
    static func help(service: String, declarations: [SettingDeclaration]) -> String {
        var lines = ["\(service): settings, as --name VALUE, NAME in the environment, or name in the file given by --config", ""]
        for declaration in declarations.sorted(by: { $0.name.description < $1.name.description }) {
            let preset = declaration.defaultText.map { $0.isEmpty ? "" : ", default \($0)" } ?? ""
            lines.append("  \(declaration.name)  (\(declaration.allowed)\(preset))")
            lines.append("      \(declaration.documentation)")
        }
        return lines.joined(separator: "\n")
    }
}
