import Foundation
import X509

/// `tedge diag collect`: collects what helps to find out why a device does not work into one archive, without secrets. Changes
/// nothing else, needs neither network nor broker nor root, and ends whatever hangs.
public struct SupportBundle {
    /// Where the bundle goes, and what is in it.
    public struct Options: Sendable {
        /// The directory of the archive; nil for that of the setting `tmp.path`.
        public var directory: String?
        /// The name of the archive without its ending; nil for one with the time.
        public var name: String?
        /// Whether the collected files stay beside the archive.
        public var keepsDirectory = false
        /// Whether the archive goes to stdout instead.
        public var isStreamed = false
        /// The directories of plugins; empty for those of the settings.
        public var pluginDirectories: [String] = []
        /// How long each plugin may take.
        public var pluginLimit = Duration.seconds(15)
        /// How long a plugin may go on after it was told to end.
        public var pluginGrace = Duration.seconds(1)

        /// An archive in the usual place.
        public init() {}
    }

    private let cloud: CloudName?
    private let typedProfile: ProfileName?
    private let options: Options
    private let context: Context
    /// The console for the result.
    private let output: Console
    private static let command = "diag collect"

    /// Names the cloud; nil for all.
    public init(_ cloud: CloudName?, profile: ProfileName?, options: Options, in context: Context) {
        (self.cloud, typedProfile, self.options) = (cloud, profile, options)
        output = context.console
        var context = context
        // Only the path, or the archive, is on stdout.
        if !context.console.isJSON { context.console = context.console.onStandardError }
        self.context = context
    }

    /// Collects everything, and prints what could not be read.
    public func run() -> CommandReport {
        do {
            try check()
            let profile = try ProfileName.choose(typedProfile, in: context)
            let collection = try placed { try collect(profile) }
            var report = report(collection)
            report.profile = profile
            return report
        } catch {
            let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
            let status = (error as? SupportBundleError)?.status ?? .failure
            return context.failed(
                Self.command, cloud: cloud,
                CommandFailure("failed to collect diagnostic information.", explained, status: status),
                isUndone: !options.keepsDirectory)
        }
    }

    /// The same, with the advice for a place in which nothing can be written.
    private func placed<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as FileError {
            switch error.reason.code {
            case ENOSPC, EDQUOT, EROFS: throw SupportBundleError.noRoom(error)
            default: throw error
            }
        }
    }

    private func check() throws {
        if let name = options.name, !Self.isName(name) { throw SupportBundleError.name(name) }
        guard options.isStreamed else { return }
        if context.console.isJSON { throw SupportBundleError.objectOnOutput }
        if context.output.isTerminal { throw SupportBundleError.terminal }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && !name.hasPrefix("-")
            && !name.utf8.contains(UInt8(ascii: "/")) && ErrorFrame.printable(name) == name && !name.contains("\n")
    }

    // MARK: The plan

    /// When what must have ended. Plugins that may take longer than usual get their time in addition.
    private struct Times {
        let sections, plugins, archive: ContinuousClock.Instant

        init(_ options: Options) {
            let begin = ContinuousClock.now
            let more = max(.zero, options.pluginLimit + options.pluginGrace - .seconds(16))
            sections = begin + .seconds(30)
            plugins = begin + .seconds(46) + more
            archive = begin + .seconds(57) + more
        }
    }

    /// What was collected.
    private struct Collection {
        var archive: String?
        var directory: String?
        var unread: [String] = []
        var needsRoot = false
        var plugins: [BundlePlugins.Outcome] = []
    }

    private func collect(_ profile: ProfileName?) throws -> Collection {
        let times = Times(options)
        let asking = quiet.asking(until: times.sections)
        let settings = bounded(.seconds(4)) { try? Settings.load(from: asking.settingsSource) } ?? nil
        let known = bounded(.seconds(8)) { BundleSecrets.mask(settings, in: asking.knowingMosquitto()) }
        try context.interruption.check()
        guard let mask = known else { throw SupportBundleError.secretsUnknown }
        let (directory, archive, parent) = try makeDirectory(settings)
        context.files.deferDurability()
        var bundle = BundleDirectory(directory, mask, context.files)
        var collection = Collection()
        do {
            let source = BundleSource(context: asking, cloud: cloud, profile: profile, settings: settings)
            try collectSections(&bundle, &collection, source, until: times.sections)
            try collectPlugins(&bundle, &collection, settings, times)
            try bundle.write(.init(name: "summary.log", contents: Array(summary(bundle, collection).utf8)))
            var names = bundle.names.filter { $0 != "doctor.json" && $0 != "summary.log" }
            names.insert(contentsOf: ["doctor.json", "summary.log"].filter(bundle.names.contains), at: 0)
            try pack(
                BundleArchive(
                    directory: directory, names: names, context: context,
                    limit: max(.seconds(5), ContinuousClock.now.duration(to: times.archive))), archive, &collection)
        } catch {
            // The programs that are still asked for the bundle are being ended.
            if context.interruption.isRequested { _ = try? Interruption.never.pause(.milliseconds(500)) }
            var isKept = options.keepsDirectory
            if case .archiverMissing? = error as? SupportBundleError { isKept = true }
            if !isKept { remove(directory, parent) }
            throw error
        }
        if options.keepsDirectory { collection.directory = directory } else { remove(directory, nil) }
        return collection
    }

    /// A context that prints nothing.
    private var quiet: Context {
        var quiet = context
        quiet.console = .silent
        return quiet
    }

    /// The result of something that may hang; nil if it does, or if a signal arrives.
    private func bounded<Value: Sendable>(_ limit: Duration, _ body: @escaping @Sendable () -> Value) -> Value? {
        BoundedLookUp(context.interruption, limit: limit).answer(body)
    }

    // MARK: The directory

    /// Creates the directory in which everything is collected. Returns its path, that of the archive, and the directory above
    /// them if that was created too.
    private func makeDirectory(_ settings: Settings?) throws -> (directory: String, archive: String, parent: String?) {
        let typed = options.directory ?? ((try? settings?.path("tmp.path")) ?? "/tmp")
        let usual = Path.absolute(typed, relativeTo: context.currentDirectory())
        // What is only streamed needs no room on a disk, if the device has memory for it.
        let places = options.isStreamed && options.directory == nil ? [usual, "/dev/shm", "/run"] : [usual]
        var failure: (any Error)?
        for place in places {
            do {
                return try makeDirectory(in: place)
            } catch let error as FileError {
                failure = failure ?? error
            }
        }
        throw failure ?? FileError(.makeDirectory, usual, .noEntry)
    }

    private func makeDirectory(in place: String) throws -> (directory: String, archive: String, parent: String?) {
        let isNew = try context.files.makeDirectory(place, mode: 0o755, owner: nil)
        let time = RFC3339Date.text(context.now()).prefix(19).replacing("T", with: "_").replacing(":", with: "-")
        let name = options.name.map { $0.hasSuffix(".tar.gz") ? String($0.dropLast(7)) : $0 } ?? "tedge-diag-\(time)"
        let directory = Path.join(place, name)
        do {
            for path in [directory + ".tar.gz", directory]
            where try context.files.status(path, followLinks: false) != nil {
                if options.isStreamed, path != directory { continue }
                throw SupportBundleError.exists(path)
            }
            guard try context.files.makeDirectory(directory, mode: 0o700, owner: nil) else {
                throw SupportBundleError.exists(directory)
            }
            // A full disk is noticed before the work.
            let probe = Path.join(directory, ".probe")
            do throws(FileError) {
                try context.files.create(probe, with: Array(repeating: 0, count: 65_536), mode: 0o600, owner: nil)
                context.files.discard(probe)
            } catch {
                remove(directory, nil)
                throw FileError(.create, directory, error.reason)
            }
        } catch {
            if isNew { context.files.discard(place) }
            throw error
        }
        return (directory, directory + ".tar.gz", isNew ? place : nil)
    }

    private func remove(_ directory: String, _ parent: String?) {
        BundleDirectory.remove(directory, context.files)
        // Only if it is empty.
        if let parent { context.files.discard(parent) }
    }

    // MARK: The contents

    private func collectSections(
        _ bundle: inout BundleDirectory, _ collection: inout Collection, _ source: BundleSource,
        until deadline: ContinuousClock.Instant
    ) throws {
        for section in BundleSection.all {
            try context.interruption.check()
            context.console.line("Collecting \(section.title).")
            let rest = min(section.limit, ContinuousClock.now.duration(to: deadline))
            // What programs are still asked is given up a second before, so that the rest is not lost.
            let own = source.ending(at: .now + rest - .seconds(1))
            let part = rest > .seconds(1) ? bounded(rest) { section.collect(own) } : nil
            try context.interruption.check()
            guard let part else {
                collection.unread.append(
                    "\(section.title): " + (rest > .seconds(1) ? "it took too long" : "there was no time left"))
                continue
            }
            for file in part.files { try bundle.write(file) }
            collection.unread += part.unread.filter { !collection.unread.contains($0) }
            collection.needsRoot = collection.needsRoot || (part.needsRoot && !context.accounts.isRoot)
        }
    }

    private func collectPlugins(
        _ bundle: inout BundleDirectory, _ collection: inout Collection, _ settings: Settings?, _ times: Times
    ) throws {
        let named =
            options.pluginDirectories.isEmpty
            ? (try? settings?.list("diag.plugin_paths")) ?? [BundlePlugins.usualDirectory]
            : options.pluginDirectories
        let plugins = BundlePlugins(
            directories: named.map { Path.absolute($0, relativeTo: context.currentDirectory()) },
            limit: options.pluginLimit, grace: options.pluginGrace, deadline: times.plugins, context: context)
        let (found, ignored) = plugins.find()
        for outcome in ignored {
            collection.plugins.append(outcome)
            collection.unread.append("\(outcome.path): \(outcome.message ?? "it was not run")")
        }
        for path in found {
            try context.interruption.check()
            context.console.line("Executing \(path)")
            let outcome = try plugins.run(path, &bundle, missed: &collection.unread)
            collection.plugins.append(outcome)
            if let message = outcome.message { context.console.warning("\(path): \(message)") }
        }
    }

    /// What is in the bundle, what is not, and why.
    private func summary(_ bundle: BundleDirectory, _ collection: Collection) -> String {
        var text =
            "\(Path.name(of: bundle.path)), by tedge \(ProgramRelease.version), \(RFC3339Date.text(context.now()))\n"
        text += "\nPasswords, keys, tokens and other secrets are replaced by \(Masking.word).\n\nCollected:\n"
        for name in bundle.names { text += "  \(name)\n" }
        text += "\nNot read:\n"
        for line in collection.unread { text += "  \(line)\n" }
        if collection.unread.isEmpty { text += "  (nothing)\n" }
        text += "\nPlugins:\n"
        for outcome in collection.plugins {
            text += "  \(outcome.path): \(outcome.result.rawValue)\(outcome.message.map { ". \($0)" } ?? "")\n"
        }
        return text + "\n" + Self.total(collection.plugins) + "\n"
    }

    private static func total(_ plugins: [BundlePlugins.Outcome]) -> String {
        func count(_ result: BundlePlugins.Outcome.Result) -> Int { plugins.count { $0.result == result } }
        let ran = plugins.count - count(.notRun)
        return "Total \(ran) executed: \(count(.ok)) completed, \(count(.failed)) failed, \(count(.skipped)) skipped"
    }

    // MARK: The archive

    private func pack(_ archive: BundleArchive, _ path: String, _ collection: inout Collection) throws {
        guard options.isStreamed else {
            try archive.create(path)
            collection.archive = path
            return
        }
        var rest = try archive.bytes(by: path)[...]
        while !rest.isEmpty {
            try context.interruption.check()
            do throws(SystemError) {
                try context.output.write(Array(rest.prefix(65_536)), hurry: { context.interruption.isRequested })
            } catch {
                throw OutputError(reason: error)
            }
            rest = rest.dropFirst(65_536)
        }
        try context.interruption.check()
    }

    private func report(_ collection: Collection) -> CommandReport {
        if !collection.plugins.isEmpty { context.console.line(Self.total(collection.plugins)) }
        if let directory = collection.directory { context.console.line("The files are kept in \(directory)") }
        if !collection.unread.isEmpty {
            let most = 12
            var lines = collection.unread.prefix(most).map { "  \($0)" }
            if collection.unread.count > most {
                lines.append("  and \(collection.unread.count - most) more, which summary.log in the bundle lists")
            }
            context.console.warning("Not everything could be read:\n" + lines.joined(separator: "\n"))
            if collection.needsRoot {
                context.console.note("Hint: Run 'sudo tedge diag collect' to collect that too.")
            }
        }
        if let archive = collection.archive {
            context.console.line("Diagnostic information saved to:")
            output.result(archive + "\n")
        }
        var report = CommandReport.done(Self.command, cloud: cloud, changed: false)
        if let failed = collection.plugins.first(where: { $0.result == .failed }) {
            let causes = ["The plugin \(failed.path) failed; the rest of the bundle is complete."]
            report = .failed(
                Self.command, cloud: cloud, reason: .diagPluginFailed,
                causes: causes + (failed.message.map { [$0] } ?? []),
                hint: "See \(Path.name(of: failed.path)) in the bundle's summary.log, and its output.log.")
        }
        report.details = [
            .init("archive", .optional(collection.archive)), .init("directory", .optional(collection.directory)),
            .init("unread", .array(collection.unread.map { .string(Masking.inMessage($0)) })),
            .init("plugins", .array(collection.plugins.map(\.json))),
        ]
        return report
    }
}
