import NIOCore

/// Errors that mean the client went away, which is its right.
enum Disconnection {
    static func explains(_ error: any Error) -> Bool {
        switch error {
        case ChannelError.alreadyClosed, ChannelError.inputClosed, ChannelError.outputClosed, ChannelError.ioOnClosedChannel, ChannelError.eof: true
        case let error as IOError: error.errnoCode == 32 || error.errnoCode == 104  // EPIPE, ECONNRESET
        default: false
        }
    }
}
