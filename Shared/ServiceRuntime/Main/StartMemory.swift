import CStartMemory

/// Memory that only the start of a process needed.
enum StartMemory {
    /// Gives back the pages of code and constants that the start has run through. The kernel maps sixteen around each that is touched, in
    /// every process again; those that are needed once more come back from the page cache, unread. Pages that were written to are kept.
    static func giveBack() { nephoran_give_back_code() }
}
