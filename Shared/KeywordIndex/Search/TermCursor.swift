/// The part of a term's list in the window at hand, and the most it can add to a score there.
struct TermCursor {
    let weight: UInt32
    /// Of the part that is still ahead.
    var next: Int
    let end: Int
    let bound: UInt32
}
