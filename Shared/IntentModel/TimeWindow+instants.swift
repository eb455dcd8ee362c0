extension TimeWindow {
    /// Unix milliseconds at which it begins; nil when it has no beginning that can be read.
    package var opening: Int64? { self.start.flatMap(Timestamp.milliseconds) }
    /// Unix milliseconds after which it is over.
    package var closing: Int64? { self.end.flatMap(Timestamp.milliseconds) }
}
