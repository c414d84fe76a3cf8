// swift-tools-version: 6.2
import PackageDescription

/// Every target treats warnings as errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
/// Targets that do not wrap C also mark each use of unsafe memory.
let strictAndSafe: [SwiftSetting] = strict + [.strictMemorySafety()]
/// Swift 6.3 has the attributes that place a variable in a section.
#if compiler(>=6.3)
    let sections: [SwiftSetting] = []
#else
    let sections: [SwiftSetting] = [.enableExperimentalFeature("SymbolLinkageMarkers")]
#endif

// In the order of the imports: tedge -> ArgumentParsing, TedgeCore; TedgeCore -> TOML, QRCode, X509, TLS, MQTT, Sockets;
// MQTT -> TLS, Sockets; TLS -> X509, Sockets.
let package = Package(
    name: "tedge",
    products: [
        .executable(name: "tedge", targets: ["tedge"])
    ],
    targets: [
        // The two system libraries. Their headers are used at build time; the libraries themselves are opened at first use, so
        // that a command that needs neither starts without them.
        .systemLibrary(name: "CMosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        // Replaces ICU, 30 MB of locale data and 3 MB of code that need them, in a static build.
        .target(name: "CICU"),

        .target(name: "ArgumentParsing", swiftSettings: strictAndSafe),
        .target(name: "TOML", swiftSettings: strictAndSafe),
        .target(name: "QRCode", swiftSettings: strictAndSafe),
        .target(name: "Sockets", swiftSettings: strict),
        .target(name: "X509", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "TLS", dependencies: ["COpenSSL", "Sockets", "X509"], swiftSettings: strict),
        .target(name: "MQTT", dependencies: ["CMosquitto", "TLS", "Sockets"], swiftSettings: strict),
        .target(
            name: "TedgeCore", dependencies: ["TOML", "QRCode", "X509", "TLS", "MQTT", "Sockets"],
            swiftSettings: strictAndSafe + sections),
        .executableTarget(
            name: "tedge", dependencies: ["ArgumentParsing", "TedgeCore", "CICU"],
            exclude: ["release.ld"], swiftSettings: strictAndSafe),

        .target(
            name: "TestSupport", dependencies: ["ArgumentParsing"], path: "Tests/TestSupport", exclude: ["Page"],
            swiftSettings: strict),
        .testTarget(
            name: "ArgumentParsingTests", dependencies: ["ArgumentParsing", "TestSupport"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "TOMLTests", dependencies: ["TOML", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "QRCodeTests", dependencies: ["QRCode", "TestSupport"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "SocketsTests", dependencies: ["Sockets", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "X509Tests", dependencies: ["X509", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TLSTests", dependencies: ["TLS", "X509", "TestSupport"], exclude: ["Server"], swiftSettings: strict),
        .testTarget(
            name: "MQTTTests", dependencies: ["MQTT", "TLS", "TestSupport"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "TedgeCoreTests", dependencies: ["TedgeCore", "TOML", "X509", "TLS", "MQTT", "TestSupport"],
            exclude: ["Configuration/Fixtures", "Bridge/Golden"], swiftSettings: strict),
        .testTarget(
            name: "TedgeTests", dependencies: ["tedge", "ArgumentParsing", "TedgeCore", "TestSupport"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport"], exclude: ["services", "demo", "ServiceManagers"],
            swiftSettings: strict),
        .testTarget(
            name: "SystemTests", dependencies: ["TedgeCore", "TestSupport"],
            exclude: ["device", "Device", "Bench", "Hard", "Packages", "Releases"],
            swiftSettings: strict),
    ]
)

// 'make fuzz': the modules and the fuzz targets, as libraries that Tests/Fuzzing/run links with libFuzzer, which has a main
// of its own.
if Context.environment["TEDGE_FUZZING"] != nil {
    package.targets.removeAll { $0.type == .test || $0.name == "tedge" || $0.name == "TestSupport" }
    package.targets += [
        .target(
            name: "tedge", dependencies: ["ArgumentParsing", "TedgeCore"],
            exclude: ["main.swift", "release.ld"],
            swiftSettings: strictAndSafe),
        .target(name: "FuzzSupport", path: "Tests/Fuzzing/FuzzSupport", swiftSettings: strict),
    ]
    let fuzzers: [(name: String, feeds: Target.Dependency)] = [
        ("FuzzTOML", "TOML"), ("FuzzEditor", "TOML"), ("FuzzArguments", "tedge"), ("FuzzHTTP", "TLS"),
        ("FuzzAnswers", "TedgeCore"), ("FuzzPEM", "X509"), ("FuzzSettings", "TedgeCore"),
    ]
    package.targets += fuzzers.map { fuzzer in
        .target(
            name: fuzzer.name, dependencies: [fuzzer.feeds, "FuzzSupport"], path: "Tests/Fuzzing/\(fuzzer.name)",
            swiftSettings: strict)
    }
    package.products = fuzzers.map { .library(name: $0.name, type: .static, targets: [$0.name]) }
}
