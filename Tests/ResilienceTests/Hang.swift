import Resilience

/// A call that is never answered.
enum Hang {
    /// Returns when the task is cancelled or this call alone.
    static func untilCancelled(_ cancellation: Cancellation?) async {
        let sleep = Task { try? await Task.sleep(for: .seconds(3_600)) }
        cancellation?.onCancel { sleep.cancel() }
        await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
    }
}
