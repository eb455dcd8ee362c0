import NIOCore
import NIOPosix

/// Runs tasks on the server's event loops: a task goes on where its connection is read and written, without a change of thread.
final class EventLoopsExecutor: TaskExecutor {
    private let loops: MultiThreadedEventLoopGroup
    private let executors: [ObjectIdentifier: EventLoopExecutor]

    init(_ loops: MultiThreadedEventLoopGroup) {
        self.loops = loops
        self.executors = Dictionary(uniqueKeysWithValues: loops.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
    }

    /// That of one loop, for what belongs to one of its connections.
    func executor(of loop: any EventLoop) -> EventLoopExecutor? { self.executors[ObjectIdentifier(loop)] }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? self.loops.next()
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs the tasks of one connection on its loop, whoever wakes them.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
