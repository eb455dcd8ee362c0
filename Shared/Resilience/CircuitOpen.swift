/// The call was not made, because its upstream is taken to be down.
package struct CircuitOpen: Error, Equatable {
    /// No call passes before this. Not a promise that one will then.
    package let retryAfter: Duration
}
