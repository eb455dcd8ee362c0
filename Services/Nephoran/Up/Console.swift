import Synchronization

/// What the operator of `up` reads: its own lines, and those of the services behind their names.
final class Console: Sendable {
    private let terminal: Mutex<Terminal>
    private let showsServices: Bool
    private let width: Int

    /// - Parameter width: of the longest name.
    init(showsServices: Bool, width: Int, terminal: Terminal = .standardOutput) {
        self.showsServices = showsServices
        self.width = width
        self.terminal = Mutex(terminal)
    }

    func say(_ line: String) { self.terminal.withLock { $0.print(line) } }

    /// A line of a process's log. On a terminal the JSON of the services is written for people.
    func show(_ line: [UInt8], of name: String) {
        guard self.showsServices else { return }
        let padded = name + String(repeating: " ", count: max(0, self.width - name.count))
        self.terminal.withLock { terminal in
            let text = terminal.isInteractive ? LogLineText.text(line, terminal) : String(decoding: line, as: UTF8.self)
            terminal.print("\(terminal.styled(padded, .dim)) | \(text)")
        }
    }
}
