/// How often a reading looked at a word: its cost as a number that no busy machine changes. One per reading, used by one task.
final class Effort {
    var looks = 0
}
