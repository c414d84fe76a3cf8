import MQTT
import X509

/// A part of a support bundle, and how it is collected: a row of the table of all.
struct BundleSection: Sendable {
    /// What is collected, for the line that says so.
    let title: String
    /// How long it may take. What hangs in the kernel, as a file of a server that is gone does, is left behind then.
    let limit: Duration
    /// Collects it.
    let collect: @Sendable (BundleSource) -> BundlePart

    private init(_ title: String, _ limit: Duration, _ collect: @escaping @Sendable (BundleSource) -> BundlePart) {
        (self.title, self.limit, self.collect) = (title, limit, collect)
    }

    /// All sections, in the order of the files.
    static let all: [BundleSection] = [
        BundleSection("the checks of 'tedge doctor'", .seconds(16)) { $0.doctor() },
        BundleSection("what 'tedge status' says", .seconds(4)) { $0.status() },
        BundleSection("the settings", .seconds(4)) { $0.settingsFiles() },
        BundleSection("the certificates", .seconds(6)) { $0.certificates() },
        BundleSection("the configuration of mosquitto", .seconds(8)) { $0.mosquitto() },
        BundleSection("the services", .seconds(8)) { $0.services() },
        BundleSection("the logs", .seconds(10)) { $0.logs() },
        BundleSection("the state of the device", .seconds(10)) { $0.device() },
    ]
}

extension BundleSource {
    /// The first file: what `tedge doctor --json` prints.
    func doctor() -> BundlePart {
        var part = BundlePart()
        let report = Doctor(cloud, profile: profile, options: .init(), in: context).run()
        part.add("doctor.json", report.json)
        return part
    }

    func status() -> BundlePart {
        var part = BundlePart()
        part.add("status.json", Status(cloud, profile: profile, in: context).run().json)
        return part
    }

    /// All settings with where they come from, without secrets, and `system.toml`. `tedge.toml` itself is not there: a name that
    /// is misspelled may have a secret as its value.
    func settingsFiles() -> BundlePart {
        var part = BundlePart()
        var text = ""
        do throws(SettingsError) {
            let settings = try Settings.load(from: context.settingsSource)
            let listing = settings.listing()
            for problem in listing.problems { text += "# \(CommandReport.sentence(problem.causes))\n" }
            for warning in settings.warnings() { text += "# \(warning.text)\n" }
            for entry in listing.entries {
                if let setting = entry.setting {
                    text += "\(entry.name.text)=\(Masking.shown(setting))  # \(setting.origin.words)\n"
                } else {
                    text += "\(entry.name.text)=\n"
                }
            }
        } catch {
            text = "# \(CommandReport.sentence(error.causes))\n"
            part.miss("the settings", CommandReport.sentence(error.causes), isForbidden: error.forbiddenPath != nil)
        }
        part.add("settings.txt", text)
        add(SystemSettings.path(in: context.configurationDirectory), as: "system.toml", to: &part)
        return part
    }

    /// Adds a file of the device.
    func add(_ path: String, as name: String, to part: inout BundlePart) {
        do throws(FileError) {
            part.add(name, try context.files.read(path, limit: BundlePart.limit))
        } catch {
            part.miss(error)
        }
    }

    /// The certificates of the device in PEM, with what they say. A key in the same file is left out.
    func certificates() -> BundlePart {
        var part = BundlePart()
        guard let settings else { return part }
        for (scope, entry) in CertificateInventory(settings: settings, context: context).entries {
            let name = scope.map { $0.cloud.rawValue + ($0.profile.map { ".\($0)" } ?? "") } ?? "device"
            guard let pair = try? entry.get().pair else { continue }
            for (path, ending) in [(pair.certificatePath, ""), (pair.certificatePath + ".new", ".new")] {
                do throws(FileError) {
                    guard let bytes = try context.files.readIfPresent(path) else { continue }
                    let shown = (try? CertificateFile.certificate(at: path, files: context.files)).map {
                        CertificateSummary($0, path: path, now: context.now()).text
                    }
                    part.add(
                        "certificates/\(name)\(ending).pem",
                        Array((shown ?? "\(path)\n").utf8) + [0x0A] + Self.certificates(in: bytes))
                } catch {
                    part.miss(error)
                }
            }
        }
        return part
    }

    /// The certificates among the blocks of PEM, and nothing else.
    static func certificates(in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isInside = false
        for line in bytes.split(separator: 0x0A) {
            let isBegin = line.starts(with: "-----BEGIN ".utf8)
            if isBegin { isInside = line.firstRange(of: Array("CERTIFICATE-----".utf8)) != nil }
            if isInside { result += line + [0x0A] }
            if line.starts(with: "-----END ".utf8) { isInside = false }
        }
        return result
    }

    /// mosquitto's files, each below `mosquitto` at its own path, and files of tedge that mosquitto does not read.
    func mosquitto() -> BundlePart {
        var part = BundlePart()
        let context = context.knowingMosquitto()
        let files = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files)
        var known: Set<String> = []
        for reading in files.readings where known.insert(reading.canonical).inserted {
            part.add("mosquitto\(Path.absolute(reading.path, relativeTo: "/"))", reading.contents)
        }
        for obstacle in files.obstacles {
            part.miss(obstacle.path, obstacle.reason, isForbidden: obstacle.error?.isPermission == true)
        }
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        do throws(FileError) {
            for name in try context.files.list(directory) {
                let path = Path.join(directory, name)
                guard !known.contains(MosquittoFiles.canonical(path, context.files)) else { continue }
                add(path, as: "mosquitto\(path)", to: &part)
            }
        } catch {
            part.miss(error)
        }
        return part
    }
}

extension SettingOrigin {
    /// The origin for a person.
    fileprivate var words: String {
        switch self {
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let variable): "environment: \(variable)"
        case .certificate(let path): "certificate: \(path)"
        case .fallback: "default"
        }
    }
}
