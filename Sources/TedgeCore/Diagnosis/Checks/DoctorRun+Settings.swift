import Foundation
import X509

/// Settings, disk and clock.
extension DoctorRun {
    func settingsCheck() -> CheckOutcome {
        do {
            let settings = try settings.get()
            _ = try SystemSettings.load(from: context)
            return .ok(Settings.mainPath(in: settings.directory))
        } catch {
            return .error(error)
        }
    }

    func knownSettings() -> CheckOutcome {
        guard let warnings = try? settings.get().warnings(), let first = warnings.first else {
            return .ok("none is unknown")
        }
        let id: ReasonID =
            switch first {
            case .unknownInFile, .unknownVariable: .settingUnknown
            default: .settingDeprecated
            }
        let more = warnings.dropFirst().map(\.text).joined(separator: "\n")
        return .warning(
            Diagnosis(
                id, first.text, seen: more.isEmpty ? nil : more,
                hint: "Run 'tedge config list --doc' for the names of all settings, and correct the file or variable."))
    }

    func cloudAddress() -> CheckOutcome {
        do {
            let plan = try plan.get()
            try plan.refuseUnsupported()
            return .ok("\(try plan.builder.endpoint())")
        } catch SettingsError.missing("device.id") {
            // The check of the certificate gives a better message.
            guard let url = try? cloudSettings().required("url") else { return .skipped("the device has no id") }
            return .ok(url)
        } catch {
            return .error(error)
        }
    }

    func directoryWritable() -> CheckOutcome {
        guard isRoot else { return Self.needsRoot }
        let directories = [context.configurationDirectory, paths.directory]
        for directory in directories where context.files.exists(directory) {
            guard unsafe access(directory, W_OK) != 0 else { continue }
            let reason = SystemError(errno)
            return .error(
                Diagnosis(
                    reason.code == EROFS ? .readOnlyFileSystem : .fileNotWritable,
                    "\(directory) cannot be written.", seen: reason.description,
                    hint: reason.code == EROFS
                        ? "Run 'sudo mount -o remount,rw /' or the same for the file system of \(directory)."
                        : "Run 'sudo tedge init' to correct owner and mode."))
        }
        return .ok(directories[0])
    }

    func diskSpace() -> CheckOutcome {
        let directory = context.configurationDirectory
        guard let free = freeBytes(of: directory) else { return .skipped("\(directory) is not there") }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        let nodes = (attributes?[.systemFreeNodes] as? NSNumber)?.int64Value ?? 1
        // Some file systems create inodes on demand and report a count of 0.
        let hasNodes = nodes > 0 || (attributes?[.systemNodes] as? NSNumber)?.int64Value == 0
        return Self.room(in: directory, free: free, hasNodes: hasNodes)
    }

    /// The free bytes of the file system of a directory; nil if they are unknown.
    func freeBytes(of directory: String) -> Int64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    /// Whether a directory with this many free bytes has room for files.
    static func room(in directory: String, free: Int64, hasNodes: Bool) -> CheckOutcome {
        let hint = "Run 'df \(directory)', and remove what is not needed."
        if free < 64 << 10 || !hasNodes {
            return .error(
                Diagnosis(.diskFull, "The disk of \(directory) is full.", seen: "\(free) bytes are free", hint: hint))
        }
        if free < 4 << 20 {
            return .warning(
                Diagnosis(
                    .diskNearlyFull, "The disk of \(directory) is nearly full.", seen: "\(free >> 10) KiB are free",
                    hint: hint))
        }
        return .ok("\(free >> 20) MiB are free")
    }

    func clock() -> CheckOutcome {
        let now = context.now()
        let text = RFC2822Date.text(now)
        return now < ProgramRelease.date ? .error(ClockError(clock: text)) : .ok(text)
    }
}
