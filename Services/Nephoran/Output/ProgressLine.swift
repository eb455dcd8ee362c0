/// One line on a terminal's standard error that is written over; nothing elsewhere.
struct ProgressLine {
    private let terminal = Terminal.standardError
    private let isShown: Bool

    init(isShown: Bool) { self.isShown = isShown && Terminal.standardError.isInteractive }

    func show(_ text: String) {
        guard self.isShown else { return }
        self.terminal.write("\r\u{1b}[2K" + self.terminal.styled(Table.cut("… " + text, to: (self.terminal.width ?? 80) - 1), .dim))
    }

    func clear() { if self.isShown { self.terminal.write("\r\u{1b}[2K") } }
}
