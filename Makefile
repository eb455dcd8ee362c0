# The two commands that matter are `make run` and `make test`; each installs what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BIN := .build/release
DATA_DIR ?= .nephoran
EMBEDDING_MODEL_DIR ?= $(CURDIR)/.model/all-MiniLM-L6-v2
PORT_BASE ?= 8080
CONSOLE_BIN ?= .build/debug
# Tests that start many processes, or measure time, and want to have the processors for themselves.
WHOLE_MACHINE := SystemTests|TopologyTests|PowerLossTests|RedisClusterTests|RedisSentinelTests|LoadgenTests
FUZZ_SECONDS ?= 60
ENDURANCE_FUZZ_SECONDS ?= 600
# Options of loadtest/bench and loadtest/bench-check, such as --only http,pipeline
BENCH ?=
INTENT ?= Deploy a high-availability AMF with auto-scaling in core5g

.PHONY: help packages model build run stop test check api console format edges bench bench-check endurance image sanitize fuzz sbom clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

packages: ## Install the Debian packages that are missing
	@deploy/install-packages build

model: ## Fetch the weights of the embedding model, unless they are there
	@deploy/install-model "$(EMBEDDING_MODEL_DIR)"

build: packages ## Release executables in .build/release
	swift build -c release --static-swift-stdlib

run: build model ## Start everything, submit an example intent, show where the console is
	@EMBEDDING_MODEL_DIR="$(EMBEDDING_MODEL_DIR)" deploy/run "$(BIN)" "$(DATA_DIR)" "$(PORT_BASE)" "$(INTENT)"

stop: ## Stop what `make run` started
	@deploy/stop "$(DATA_DIR)"

test: packages model ## Everything that must hold before a change lands
	@deploy/install-packages test
	$(MAKE) check
	swift build --build-tests
	Tests/run-suite 4 --skip '$(WHOLE_MACHINE)'
	Tests/run-suite 1 --filter '$(WHOLE_MACHINE)'
	Tests/check-observability .build/debug
	$(MAKE) console

console: ## The console in a real browser, with what the tests built (CONSOLE_BIN: other executables)
	@deploy/install-packages test
	NEPHORAN_BIN="$(CONSOLE_BIN)" Tests/check-console

api: ## Every service against its specification, as each role, with what the tests built
	@deploy/install-packages test
	Tests/check-api

check: packages ## Format, dependency edges, shell scripts, data files
	@deploy/install-packages test
	swift format lint --configuration .swift-format --recursive --parallel --strict Package.swift Services Shared Tests loadtest
	Tests/check-edges
	Tests/mutate-guards --list >/dev/null
	shellcheck deploy/install-packages deploy/install-model deploy/run deploy/stop loadtest/model loadtest/vectors loadtest/knowledge Tests/check-edges Tests/check-packages Tests/check-console Tests/check-api Tests/run-suite Tests/Sanitizers/run Tests/Sanitizers/fuzz .ci/run
	shellcheck -x Tests/check-deploy Tests/check-observability Tests/check-image
	yamllint --strict -c .yamllint Services Shared docs/api deploy Tests/Packages Tests/Deploy loadtest
	python3 -m compileall -q -f loadtest/measuring && rm -rf loadtest/measuring/__pycache__
	Tests/check-packages
	Tests/check-deploy
	Tests/check-sbom

format: ## Format all Swift files
	swift format --configuration .swift-format --recursive --parallel --in-place Package.swift Services Shared Tests loadtest

edges: ## Write the dependency edges of Package.swift to Tests/edges.txt
	Tests/check-edges --write

bench: build model ## Every comparison side by side in one run, beside what is wanted and the last baseline; see loadtest/README.md
	@deploy/install-packages bench
	loadtest/bench $(BENCH)

bench-check: build ## Allocations and instructions of hot paths, against loadtest/costs.json
	@deploy/install-packages bench
	loadtest/bench-check $(BENCH)

endurance: packages ## What takes longer than a test may: 100,000 intents under chaos, a cluster, a soak; see docs/reliability.md
	@deploy/install-packages test
	swift build --build-tests
	NEPHORAN_ENDURANCE=1 swift test --skip-build --filter "SystemTests|RejectedPushTests"
	API_SECONDS=120 Tests/check-api
	Tests/mutate-guards
	Tests/Sanitizers/fuzz $(ENDURANCE_FUZZ_SECONDS)

image: build ## What the image installs is all that the executables need; as root, takes minutes
	@deploy/install-packages image
	Tests/check-image .build/release

sanitize: packages ## Tests under Address and Thread Sanitizer; a cold build takes its time
	@deploy/install-packages test
	Tests/Sanitizers/run address
	Tests/Sanitizers/run leaks
	Tests/Sanitizers/run thread

fuzz: packages ## Parsers of outside bytes with libFuzzer, FUZZ_SECONDS each; a cold build takes its time
	@deploy/install-packages test
	Tests/Sanitizers/fuzz $(FUZZ_SECONDS)

sbom: ## The bill of materials of an installation, CycloneDX JSON, in .build/sbom.cdx.json
	@test -e Package.resolved || swift package resolve
	@mkdir -p .build
	deploy/sbom >.build/sbom.cdx.json

clean: stop ## Remove what was built
	rm -rf .build
