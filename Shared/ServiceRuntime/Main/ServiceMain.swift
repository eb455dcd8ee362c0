import CoreMetrics
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Telemetry

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The whole life of a service process: read the settings, build, serve, drain, leave.
///
/// SIGTERM, SIGINT and `POST /shutdown` drain and end with status 0, a second signal ends at once. What goes wrong ends the process
/// with one line and status 1; letting an error escape `main` would trap instead, which an orchestrator and a reader of the log
/// both take for a crash.
///
/// - Parameters:
///   - port: unless `PORT` says otherwise.
///   - settings: the service's own, besides ``CommonSettings``.
///   - runsOnEventLoops: run all tasks of the process on the server's event loops. For a service whose work is all short and
///     never computes for milliseconds: it saves a change of thread per request.
///   - sharesCores: half as many event loops as there are cores: other threads of the process, or who it asks, work as much, and who does more at a time does it for less.
///   - build: names the concrete clients. Should be quick: what takes time belongs into a service or `beforeServing`.
package func runService(
    named name: String, port: Int, settings declarations: [SettingDeclaration] = [], runsOnEventLoops: Bool = false,
    sharesCores: Bool = false,
    build: @Sendable (ServiceContext) async throws -> ServiceParts
) async {
    let declarations = CommonSettings.declarations(port: port) + declarations
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
        let flags = try CommandLineFlags(arguments)
        if flags.wantsHelp { leave(0, Settings.help(service: name, declarations: declarations), to: STDOUT_FILENO) }
        if flags.wantsVersion { leave(0, "\(name) \(BuildVersion.current)", to: STDOUT_FILENO) }
        let settings = try Settings(service: name, declarations: declarations, arguments: arguments, environment: ProcessInfo.processInfo.environment)
        let context = try ServiceContext.bootstrap(name: name, port: port, settings: settings)
        let parts = try await build(context)
        // A preference, inherited by the tasks of connections and requests: NIO's own take-over of the global executor
        // looks its hook up by name, which a statically linked executable does not have.
        if sharesCores { NIOSingletons.groupLoopCountSuggestion = max(1, System.coreCount / 2) }
        let executor = runsOnEventLoops ? EventLoopsExecutor(MultiThreadedEventLoopGroup.singleton) : nil
        try await withTaskExecutorPreference(executor) { try await serve(parts, in: context, on: executor) }
        LogSink.standardOutput.flush()
        exit(0)
    } catch {
        leave(1, "\(name): \(FailureText.line(for: error))", to: STDERR_FILENO)
    }
}

/// Runs until the drain is over.
private func serve(_ built: ServiceParts, in context: ServiceContext, on executor: EventLoopsExecutor?) async throws {
    let settings = context.settings
    let logger = context.logger
    var parts = built
    // Who keeps the audit log tells nobody.
    let reporter = parts.accessLog == nil ? context.auditReporter() : nil
    if let reporter { parts.accessLog = reporter }
    let certificate = try ListenerCertificate.Files(settings).map { files throws(InvalidSetting) in try ListenerCertificate.load(files) }
    if let certificate { context.metrics.beforeExposing { certificate.export(to: $0) } }
    let application = ServiceApplication.build(parts, in: context, on: executor, certificate: certificate) { port in
        logger.notice(
            "serving",
            metadata: [
                "address": .string("\(context.host):\(port)"), "version": .string(context.version), "colour": .string(context.colour),
                "pid": .stringConvertible(getpid()),
            ]
        )
    }
    // The first to begin is the last to end, with the spans of all others.
    var services: [any Service] = try context.spanExporter().map { [$0] } ?? []
    if let reporter { services.append(reporter) }
    services += parts.services
    services.append(FileWatch(name: "settings", logger: logger, paths: { settings.watchedFiles }, reload: { try settings.reload() }))
    let authenticator = context.authenticator
    services.append(FileWatch(name: "credentials", logger: logger, paths: { authenticator.files }, reload: { try authenticator.reload() }))
    if let certificate { services.append(FileWatch(certificate, logger: logger)) }
    services.append(application)
    var configuration = ServiceGroupConfiguration(services: services, logger: LoggerOf.lifecycle(logger))
    configuration.maximumGracefulShutdownDuration = settings[CommonSettings.drainTimeout]
    let group = ServiceGroup(configuration: configuration)

    let signals = StopSignals { context.drain.begin() }
    let stopper = Task {
        await context.drain.wait()
        logger.notice("draining")
        try? await Task.sleep(for: settings[CommonSettings.drainNotice])
        DrainLimit.start(settings[CommonSettings.drainTimeout] + .seconds(2), service: context.name)
        // Clients that keep their connection learn to look elsewhere while they still get their answers.
        context.drain.close()
        await group.triggerGracefulShutdown()
    }
    defer { withExtendedLifetime(signals) { stopper.cancel() } }
    do {
        try await group.run()
    } catch is CancellationError where context.drain.isDraining {
        // The drain's time was up and what was left was cancelled.
        logger.warning("drained, not everything finished in time")
        return
    } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES || error.errnoCode == EADDRNOTAVAIL {
        let reason = error.errnoCode == EADDRINUSE ? "somebody else listens there" : "\(String(cString: strerror(error.errnoCode)))"
        throw InvalidSetting(key: "PORT", value: "\(context.port)", allowed: "a port that is free on \(context.host) (\(reason))")
    }
    guard context.drain.isDraining else { throw InvalidSetting(key: context.name, value: "ended", allowed: "services that run until they are told to stop") }
    logger.notice("stopped")
}

private func leave(_ status: Int32, _ line: String, to descriptor: Int32) -> Never {
    LogSink.standardOutput.flush()
    let sink = LogSink(descriptor: descriptor)
    sink.write(Array((line + "\n").utf8))
    sink.flush()
    exit(status)
}
