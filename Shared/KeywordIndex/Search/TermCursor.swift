/// A term's list in one segment while it is searched, and what it can add to a score in the window at hand.
struct TermCursor {
    /// What a share of 255 is worth.
    let weight: Float
    /// Of the list that is still ahead.
    var next: Int
    let end: Int
    /// Among the rows of long lists; -1 for a short one.
    let row: Int
    let largestShare: UInt8
    /// The part of the list in this window.
    var windowEnd: Int
    /// The most the term can add in this window.
    var bound: Float
}
