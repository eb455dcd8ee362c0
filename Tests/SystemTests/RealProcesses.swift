import Testing

/// Everything here starts the executables of this package as real processes and talks to them from outside. One at a time:
/// each installation wants the machine for itself.
@Suite("real processes", .serialized, .timeLimit(Endurance.timeLimit)) struct RealProcesses {}
