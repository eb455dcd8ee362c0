// swift-tools-version:6.2
import PackageDescription

// One table of targets, one array of settings. `Tests/edges.txt` holds the checked-in list of
// dependency edges; `make check` compares it with this file.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func product(_ name: String, _ package: String) -> Target.Dependency { .product(name: name, package: package) }

let hummingbird = product("Hummingbird", "hummingbird")
let hummingbirdTesting = product("HummingbirdTesting", "hummingbird")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let configuration = product("Configuration", "swift-configuration")
let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let coreMetrics = product("CoreMetrics", "swift-metrics")
let arguments = product("ArgumentParser", "swift-argument-parser")
let subprocess = product("Subprocess", "swift-subprocess")
let grdb = product("GRDB", "GRDB.swift")
let yams = product("Yams", "Yams")
let crypto = product("Crypto", "swift-crypto")
let cryptoExtras = product("CryptoExtras", "swift-crypto")
let tls = product("NIOSSL", "swift-nio-ssl")
let deque = product("DequeModule", "swift-collections")
let ordered = product("OrderedCollections", "swift-collections")
let heap = product("HeapModule", "swift-collections")
let histogram = product("Histogram", "hdrhistogram-swift")

// What is deployed is linked for size; see docs/decisions/071.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + ["-z", "nostart-stop-gc", "--no-export-dynamic", "-z", "pack-relative-relocs"].flatMap { ["-Xlinker", $0] },
        .when(platforms: [.linux], configuration: .release))
]

func shared(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: exclude, resources: resources, swiftSettings: strict)
}
func service(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Services/\(name)", resources: resources, swiftSettings: strict, linkerSettings: lean)
}
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "nephoran",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "api-gateway", targets: ["APIGateway"]),
        .executable(name: "llm-processor", targets: ["LLMProcessor"]),
        .executable(name: "rag-api", targets: ["RAGAPI"]),
        .executable(name: "manifest-generator", targets: ["ManifestGenerator"]),
        .executable(name: "oran-adaptor", targets: ["ORANAdaptor"]),
        .executable(name: "nephio-bridge", targets: ["NephioBridge"]),
        .executable(name: "nephoran", targets: ["Nephoran"]),
        .executable(name: "loadgen", targets: ["Loadgen"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            from: "1.4.0",
            traits: [.defaults, "YAML", "Reloading", "CommandLineArguments"]
        ),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    ],
    targets: [
        // Level 0
        .systemLibrary(name: "CCurl", path: "Shared/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CSSH", path: "Shared/CSSH", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "CMimalloc", path: "Shared/CMimalloc", providers: [.apt(["libmimalloc-dev"])]),
        .target(name: "CStartMemory", path: "Shared/CStartMemory"),
        .systemLibrary(name: "CEpoll", path: "loadtest/CEpoll"),
        .systemLibrary(name: "CZlib", path: "Shared/CZlib", providers: [.apt(["zlib1g-dev"])]),
        shared("IntentModel", []),
        shared("Resilience", []),
        shared("JSONSchema", []),
        // Level 1
        shared("AccessControl", ["IntentModel", "JSONSchema", crypto, cryptoExtras, yams], resources: [.embedInCode("Policy/access-policy.yaml")]),
        shared("HTTPFetch", ["CCurl", "Resilience", lifecycle]),
        shared("RedisClient", ["CHiredis", lifecycle, logging]),
        shared("Telemetry", ["IntentModel", metrics, coreMetrics, logging]),
        shared("GitObjects", ["CZlib", "IntentModel", crypto]),
        shared("AuditLog", ["IntentModel", crypto]),
        shared("KeywordIndex", []),
        // Vectors: what of them is arithmetic is C, chosen at run time for the processor.
        .target(name: "CTensor", path: "Shared/CTensor"),
        shared("VectorIndex", ["CTensor"]),
        shared("IntentLanguage", ["IntentModel", yams], resources: [.copy("Vocabulary")]),
        // Level 2
        shared("Embeddings", ["CTensor", "HTTPFetch", "JSONSchema", "Resilience", "Telemetry"]),
        shared("Caching", ["RedisClient", "Telemetry", deque, lifecycle, logging]),
        shared(
            "Ledger",
            ["IntentModel", "JSONSchema", "RedisClient", "Telemetry", lifecycle, logging, metrics],
            resources: [
                "accept", "step", "postpone", "bury", "letter", "line", "redrive", "archived", "sweep", "tick", "reserve", "release", "wake", "handback",
                "room", "rule",
            ].map {
                .embedInCode("Scripts/\($0).lua")
            }
        ),
        shared(
            "ServiceRuntime",
            [
                "AccessControl", "CStartMemory", "HTTPFetch", "IntentModel", "Resilience", "Telemetry", hummingbird, lifecycle, configuration, logging, metrics,
                coreMetrics,
                crypto,
                tls, yams,
            ]),
        shared("Kubernetes", ["HTTPFetch", "JSONSchema", "Resilience", lifecycle, logging, subprocess, yams]),
        // Level 3
        shared("LedgerRuntime", ["Ledger", "RedisClient", "ServiceRuntime", "Telemetry"]),
        shared("ServiceClient", ["HTTPFetch", "IntentModel", "Resilience", "ServiceRuntime", "Telemetry"]),
        shared("TestSupport", ["AccessControl", "JSONSchema", "RedisClient", hummingbird, lifecycle, logging, crypto, cryptoExtras], exclude: ["Contracts"]),
        // Services
        service(
            "APIGateway",
            [
                "AccessControl", "AuditLog", "CMimalloc", "CZlib", "HTTPFetch", "IntentModel", "JSONSchema", "Ledger", "LedgerRuntime", "RedisClient",
                "Resilience",
                "ServiceClient", "ServiceRuntime", "Telemetry", hummingbird, lifecycle, logging, metrics, grdb, crypto, yams,
            ],
            resources: [.copy("Public")]
        ),
        service(
            "LLMProcessor",
            [
                "Caching", "CMimalloc", "HTTPFetch", "IntentLanguage", "IntentModel", "JSONSchema", "Ledger", "LedgerRuntime", "RedisClient", "Resilience",
                "ServiceClient", "ServiceRuntime", "Telemetry", hummingbird, lifecycle, logging, metrics, yams,
            ],
            resources: [.copy("Prompts")]
        ),
        service(
            "RAGAPI",
            [
                "AccessControl", "Caching", "Embeddings", "HTTPFetch", "IntentLanguage", "IntentModel", "JSONSchema", "KeywordIndex", "RedisClient",
                "Resilience",
                "ServiceRuntime", "Telemetry", "VectorIndex", hummingbird, lifecycle, logging, metrics, grdb, crypto,
            ],
            resources: [.copy("Knowledge"), .copy("Weaviate/Schema")]
        ),
        // Planning and rendering without a service around them, so that they can be measured; see docs/decisions/025.
        .target(
            name: "PackagePlanning", dependencies: ["AccessControl", "GitObjects", "IntentModel", "JSONSchema", yams],
            path: "Services/ManifestGenerator/PackagePlanning", resources: [.copy("Catalogue")], swiftSettings: strict),
        .executableTarget(
            name: "ManifestGenerator",
            dependencies: [
                "AccessControl", "CMimalloc", "GitObjects", "HTTPFetch", "IntentModel", "JSONSchema", "Ledger", "LedgerRuntime", "PackagePlanning",
                "RedisClient",
                "ServiceClient",
                "ServiceRuntime", "Telemetry",
                hummingbird, lifecycle, logging, metrics,
            ],
            path: "Services/ManifestGenerator/Service", swiftSettings: strict, linkerSettings: lean),
        service(
            "ORANAdaptor",
            [
                "AccessControl", "CSSH", "HTTPFetch", "IntentModel", "JSONSchema", "Ledger", "LedgerRuntime", "RedisClient", "Resilience", "ServiceClient",
                "ServiceRuntime",
                "Telemetry",
                hummingbird,
                lifecycle, logging, metrics, crypto, yams,
            ],
            resources: [.copy("PolicyTypes"), .copy("EventFormat"), .copy("ManagedClasses")]
        ),
        service(
            "NephioBridge",
            [
                "AccessControl", "CMimalloc", "GitObjects", "HTTPFetch", "IntentModel", "JSONSchema", "Kubernetes", "Ledger", "LedgerRuntime", "RedisClient",
                "Resilience",
                "ServiceClient",
                "ServiceRuntime", "Telemetry", hummingbird, lifecycle, logging, metrics, crypto, subprocess, yams,
            ]
        ),
        service(
            "Nephoran",
            [
                "AccessControl", "AuditLog", "HTTPFetch", "IntentModel", "JSONSchema", "Kubernetes", "Ledger", "PackagePlanning", "RedisClient", "Resilience",
                arguments, logging, subprocess, yams,
            ]),
        // Benchmarks
        .executableTarget(name: "ResilienceBenchmark", dependencies: ["Resilience"], path: "loadtest/ResilienceBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "InterpreterBenchmark", dependencies: ["IntentLanguage", "IntentModel"], path: "loadtest/InterpreterBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "RetrievalBenchmark", dependencies: ["KeywordIndex", hummingbird], path: "loadtest/RetrievalBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "VectorBenchmark", dependencies: ["Embeddings", "VectorIndex"], path: "loadtest/VectorBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "PlanningBenchmark", dependencies: ["IntentModel", "PackagePlanning"], path: "loadtest/PlanningBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "PublishingBenchmark", dependencies: ["GitObjects", "IntentModel"], path: "loadtest/PublishingBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "LedgerBenchmark", dependencies: ["IntentModel", "Ledger", "RedisClient", lifecycle, logging], path: "loadtest/LedgerBenchmark",
            swiftSettings: strict),
        .executableTarget(
            name: "Loadgen", dependencies: ["CEpoll", "IntentModel", "JSONSchema", arguments, heap, histogram, yams], path: "loadtest/Loadgen",
            resources: [.embedInCode("Scenario/scenario.schema.json")], swiftSettings: strict),
        // Tests
        tests("IntentModelTests", ["IntentModel"]),
        tests("HTTPFetchTests", ["HTTPFetch", "Resilience", lifecycle, logging]),
        tests("RedisClientTests", ["RedisClient", "TestSupport"]),
        tests("TelemetryTests", ["Telemetry", "TestSupport", metrics, logging]),
        tests("AccessControlTests", ["AccessControl", "TestSupport", crypto, cryptoExtras]),
        tests("ResilienceTests", ["Resilience"]),
        tests("JSONSchemaTests", ["JSONSchema", "TestSupport"]),
        tests("AuditLogTests", ["AuditLog", "TestSupport"]),
        tests("KeywordIndexTests", ["KeywordIndex", "TestSupport"]),
        tests("GitObjectsTests", ["GitObjects", "IntentModel", "TestSupport", subprocess]),
        tests("VectorIndexTests", ["VectorIndex", "CTensor", "TestSupport"]),
        tests("EmbeddingsTests", ["Embeddings", "CTensor", "HTTPFetch", "Resilience", "TestSupport"], resources: [.copy("Fixtures")]),
        tests("KubernetesTests", ["Kubernetes", "HTTPFetch", "JSONSchema", "Resilience", "TestSupport"]),
        tests("CachingTests", ["Caching", "RedisClient", "Telemetry", "TestSupport"]),
        tests("LedgerTests", ["Ledger", "IntentModel", "JSONSchema", "RedisClient", "Telemetry", "TestSupport"]),
        tests(
            "ServiceRuntimeTests",
            [
                "AccessControl", "HTTPFetch", "ServiceRuntime", "IntentModel", "Resilience", "Telemetry", "TestSupport", hummingbird, hummingbirdTesting,
                lifecycle, logging,
            ]),
        tests("ServiceClientTests", ["ServiceClient", "HTTPFetch", "IntentModel", "Resilience", "Telemetry", "TestSupport", hummingbird]),
        tests(
            "APIGatewayTests",
            [
                "AccessControl", "APIGateway", "AuditLog", "CZlib", "HTTPFetch", "IntentModel", "Ledger", "LedgerRuntime", "RedisClient", "Resilience",
                "ServiceRuntime", "TestSupport", hummingbird,
                hummingbirdTesting, lifecycle, logging, yams,
            ]
        ),
        tests(
            "LLMProcessorTests",
            [
                "LLMProcessor", "Caching", "HTTPFetch", "IntentLanguage", "IntentModel", "JSONSchema", "RedisClient", "Resilience", "ServiceClient",
                "ServiceRuntime", "Telemetry", "TestSupport", hummingbird,
            ], resources: [.copy("Fixtures")]),
        tests(
            "RAGAPITests",
            [
                "RAGAPI", "Caching", "Embeddings", "HTTPFetch", "IntentLanguage", "IntentModel", "JSONSchema", "KeywordIndex", "RedisClient", "Resilience",
                "ServiceRuntime",
                "TestSupport", "VectorIndex", hummingbird, hummingbirdTesting,
            ]),
        tests(
            "ManifestGeneratorTests",
            [
                "AccessControl", "ManifestGenerator", "PackagePlanning", "GitObjects", "HTTPFetch", "IntentLanguage", "IntentModel", "JSONSchema", "Ledger",
                "RedisClient", "Resilience", "ServiceClient", "TestSupport", hummingbird, yams, subprocess,
            ],
            resources: [.copy("Golden")]),
        tests(
            "ORANAdaptorTests",
            [
                "ORANAdaptor", "IntentModel", "JSONSchema", "HTTPFetch", "Ledger", "RedisClient", "Resilience", "ServiceClient", "ServiceRuntime",
                "TestSupport", hummingbird, lifecycle,
                logging,
            ]),
        // Every service beside the file that describes its routes.
        tests(
            "OpenAPITests",
            [
                "APIGateway", "LLMProcessor", "RAGAPI", "ManifestGenerator", "ORANAdaptor", "NephioBridge", "IntentModel", "ServiceRuntime", "TestSupport",
                hummingbird, hummingbirdTesting, yams,
            ]),
        tests("ContractTests", ["ORANAdaptor", "IntentModel", "JSONSchema", "HTTPFetch", "Resilience", "ServiceClient", "TestSupport"]),
        tests(
            "NephioBridgeTests",
            [
                "NephioBridge", "GitObjects", "HTTPFetch", "IntentModel", "JSONSchema", "Kubernetes", "Ledger", "RedisClient", "Resilience", "ServiceClient",
                "TestSupport", hummingbird,
            ]),
        tests("NephoranTests", ["AccessControl", "Nephoran", "IntentModel", "JSONSchema", "Kubernetes", "TestSupport", arguments]),
        tests("LoadgenTests", ["Loadgen", "IntentModel", "TestSupport", arguments, histogram, hummingbird]),
        tests(
            "SystemTests", ["HTTPFetch", "IntentModel", "JSONSchema", "RedisClient", "TestSupport", hummingbird, logging, crypto, subprocess, yams],
            resources: [.copy("Fixtures")]),
    ]
)
