/// What can be said of a setting without its type: its name, what it takes and what it is for.
package struct SettingDeclaration: Sendable {
    package let name: SettingName
    /// "integer 1…1024", "duration such as 500ms, 30s, 1h", "one of embedded, openai".
    package let allowed: String
    package let defaultText: String?
    /// Its value is never printed, and it may come from the file named by `<NAME>_FILE`.
    package let isSecret: Bool
    package let documentation: String
    let accepts: @Sendable (String) -> Bool
}
