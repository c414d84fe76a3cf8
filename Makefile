# tedge: build, install, demonstrate and test. 'make' alone lists the goals.

PREFIX ?= /usr/local
DESTDIR ?=
# Where zsh looks for completions: Debian packages have a directory of their own.
ZSH_COMPLETIONS ?= $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
# How long each fuzz target runs.
FUZZ_SECONDS ?= 60
# How often the harnesses of 'make test-hard' try each command; 0 for every step.
HARD_ROUNDS ?= 25
# How many gateways 'make test-fleet' has.
FLEET_DEVICES ?= 10

# The oldest C library that the executable runs with: 2.36 (Debian 12), or 2.35 (Ubuntu 22.04) for 1.6 MB more, because the
# relocations are not packed then.
GLIBC ?= 2.36
$(if $(filter 2.35 2.36,$(GLIBC)),,$(error GLIBC is 2.36 or 2.35))

# Where the compiler sees this directory.
PLACE = $(eval PLACE := $(shell Sources/Packaging/in-place pwd))$(PLACE)

# The runtimes of Swift, C++ and gcc are linked into the executable, so that a device needs none of them. Unused code and the
# tables for unwinding the stack are left out, identical code is kept once, and relocations are packed. The functions that a
# start runs are side by side. All that libraries provide is bound at the start, and is read-only then.
LINK = -Xswiftc -use-ld=lld -Xlinker --icf=safe -Xlinker --gc-sections -Xlinker -z -Xlinker now \
	$(if $(filter 2.35,$(GLIBC)),,-Xlinker -z -Xlinker pack-relative-relocs) \
	-Xlinker --no-export-dynamic -Xlinker -L$(PLACE)/.build/static -Xswiftc -Xclang-linker -Xswiftc -static-libgcc \
	-Xlinker --no-eh-frame-hdr -Xlinker -T -Xlinker $(PLACE)/Sources/tedge/release.ld \
	-Xlinker --build-id=sha1 \
	-Xlinker --symbol-ordering-file=$(PLACE)/.build/start.order -Xlinker --no-warn-symbol-ordering
# Type metadata is made by calls instead of a search by name through the whole executable. Size matters more than speed: nothing
# here computes for long.
# A fault such as an index out of range ends with a message on stderr, which costs 160 kB.
# Libraries are searched for only in the system's directories: beside the executable, anybody could put one.
# The same sources give the same bytes, whatever directory they lie in. The debug information names no modules of C, whose
# fingerprints contain times of files.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath $(LINK) \
	-Xswiftc -Osize -Xswiftc -assert-config -Xswiftc Debug \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
	-Xswiftc -Xfrontend -Xswiftc -function-sections \
	-Xswiftc -file-prefix-map -Xswiftc $(PLACE)=. -Xcc -ffile-prefix-map=$(PLACE)=. \
	-Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs
BUILD = Sources/Packaging/in-place swift build $(RELEASE) --product tedge

BUILD_PACKAGES = binutils libmosquitto-dev libssl-dev valgrind
DEB_PACKAGES = $(BUILD_PACKAGES) debhelper dpkg-dev
DEMO_PACKAGES = $(BUILD_PACKAGES) mosquitto openssl procps python3 python3-paho-mqtt util-linux
TEST_PACKAGES = $(DEMO_PACKAGES) $(DEB_PACKAGES) bash-completion dbus faketime fish iproute2 lintian man-db mandoc \
	mosquitto-clients strace systemd zsh
BENCH_PACKAGES = $(TEST_PACKAGES) gcc libc6-dev hyperfine

.PHONY: help
help:
	@echo 'make build     build the release executable, .build/release/tedge, and its symbols, tedge.debug'
	@echo 'make deb       build the Debian package, below .build/deb; GLIBC=2.35 for Ubuntu 22.04, ARCH=arm64'
	@echo 'make demo      build, then run a whole connection on this machine, without root'
	@echo 'make test      lint, then all tests; as root the system tests too'
	@echo 'make test-releases  run the system tests on Debian 13 and sid; needs root and debootstrap'
	@echo 'make test-arm64  try the package for arm64 in a Debian 13 that qemu runs; needs root'
	@echo 'make test-hard  races, kills and power cuts, HARD_ROUNDS ($(HARD_ROUNDS)) rounds a command; needs root'
	@echo 'make test-durable  take the line of a gateway away, kill its mosquitto, and count the messages in the cloud; needs root'
	@echo 'make test-hardware-keys  connect with keys in a TPM and in a token, on Debian 12 and 13; needs root and debootstrap'
	@echo 'make ansible   build the Ansible collection, below .build/ansible'
	@echo 'make ansible-lint  look at the collection with ansible-lint and ansible-test sanity'
	@echo 'make test-fleet  drive FLEET_DEVICES ($(FLEET_DEVICES)) throwaway gateways with Ansible; needs root'
	@echo 'make reproducible  build twice in different directories, and compare the bytes'
	@echo 'make fuzz      feed changed bytes to everything that reads foreign ones, FUZZ_SECONDS ($(FUZZ_SECONDS)) for each target'
	@echo 'make bench     compare speed and size with the limits; needs root'
	@echo 'make sanitize  run the tests with the address, leak and thread sanitizers'
	@echo 'make install   install what make build has built to DESTDIR/PREFIX, with manual, completions and schema; PREFIX is $(PREFIX)'
	@echo 'make uninstall  remove the files of make install'
	@echo 'make lint      check the style of the sources'
	@echo 'make format    format the sources'
	@echo 'make coverage  run the unit tests and show how much of the sources they cover'
	@echo 'make clean     remove build products'

# $(call install,PACKAGES): installs missing Debian packages. If apt does not know them yet, or knows versions that are gone, its
# lists are updated first.
define install
@missing=$$(for package in $(1); do \
	dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done | xargs); \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	apt() { $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq "$$@" >/dev/null </dev/null; }; \
	update() { echo "Updating the package lists of apt."; apt update; }; \
	get() { apt install -y --no-install-recommends $$missing; }; \
	apt-cache show $$missing >/dev/null 2>&1 || update || { \
		echo "apt could not update its lists; it says above why." >&2; exit 1; }; \
	echo "Installing with apt: $$missing"; \
	get || { update && get; } || { \
		echo "They could not be installed. apt says above why; 'sudo apt-get install $$missing' tries it again." >&2; exit 1; }; \
fi
endef

.PHONY: deps deb-deps demo-deps test-deps release-deps bench-deps
deps:
	$(call install,$(BUILD_PACKAGES))
deb-deps:
	$(call install,$(DEB_PACKAGES))
demo-deps:
	$(call install,$(DEMO_PACKAGES))
test-deps:
	$(call install,$(TEST_PACKAGES))
release-deps:
	$(call install,$(TEST_PACKAGES) debootstrap)
bench-deps:
	$(call install,$(BENCH_PACKAGES))

# $(call split-debug,FILE): moves symbols and debug information of an executable to FILE.debug, where debuggers look for them.
# A file that was split before has no symbols left, and stays as it is.
define split-debug
if readelf -S $(1) | grep -q '\.symtab'; then \
	objcopy --only-keep-debug --compress-debug-sections $(1) $(1).debug && \
	objcopy --strip-all --add-gnu-debuglink=$(1).debug $(1); \
fi
endef

.PHONY: build
build: deps .build/static/libstdc++.a .build/start.order
	$(BUILD)
	@$(order-start)
	@$(call split-debug,.build/release/tedge)

# Links once more if the functions of a start are others than in the last build. An executable without symbols is not new.
define order-start
if readelf -S .build/release/tedge | grep -q '\.symtab'; then \
	if Sources/Packaging/start-order .build/release/tedge >.build/start.order.new; then \
		cmp -s .build/start.order.new .build/start.order || { \
			mv .build/start.order.new .build/start.order && rm .build/release/tedge && \
			$(BUILD); }; \
	else \
		echo "The functions of a start could not be found; the executable starts more slowly." >&2; \
	fi; \
fi
endef

# The functions that a start runs; none before the first build.
.build/start.order:
	@mkdir -p $(@D)
	@touch $@

# A directory where the linker finds only the static form of the C++ library.
.build/static/libstdc++.a:
	@mkdir -p $(@D)
	@ln -sf "$$(clang -print-file-name=$(@F))" $@

# The Debian package, below .build/deb, for this machine or, with ARCH=arm64, for that processor.
HOST_ARCH = $(shell dpkg --print-architecture)
.PHONY: deb deb-host
deb: $(if $(ARCH),$(if $(filter $(HOST_ARCH),$(ARCH)),deb-host,deb-$(ARCH)),deb-host)
deb-host: deb-deps build
	@Sources/Packaging/build-deb

# $(call install-output,WORDS,FILE): writes what the executable prints with these words to a file below PREFIX/share.
define install-output
@output=$$(mktemp) && .build/release/tedge $(1) >$$output && \
	install -v -D -m 644 $$output '$(DESTDIR)$(PREFIX)/share/$(2)'; status=$$?; rm -f $$output; exit $$status
endef

# Installs what 'make build' has built: nothing is built as root. FORCE=1 replaces or hides the tedge of a package.
.PHONY: install
install:
	@test -x .build/release/tedge || { echo "There is nothing to install; run 'make build' first." >&2; exit 1; }
	@test -n '$(DESTDIR)$(FORCE)' || Sources/Packaging/may-install '$(PREFIX)/bin/tedge'
	install -D -m 755 .build/release/tedge '$(DESTDIR)$(PREFIX)/bin/tedge'
	$(call install-output,completions bash,bash-completion/completions/tedge)
	$(call install-output,completions zsh,zsh/$(ZSH_COMPLETIONS)/_tedge)
	$(call install-output,completions fish,fish/vendor_completions.d/tedge.fish)
	$(call install-output,__manual,man/man1/tedge.1)
	install -D -m 644 Sources/Packaging/schema/tedge.schema.json '$(DESTDIR)$(PREFIX)/share/tedge-swift/tedge.schema.json'

# Removes the files of 'install'.
.PHONY: uninstall
uninstall:
	@test -n '$(DESTDIR)' || ! dpkg-query --search '$(PREFIX)/bin/tedge' 2>/dev/null || { \
		echo "$(PREFIX)/bin/tedge is of a package; 'apt remove' removes it." >&2; exit 1; }
	rm -f '$(DESTDIR)$(PREFIX)/bin/tedge' '$(DESTDIR)$(PREFIX)/share/man/man1/tedge.1' \
		'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/tedge' \
		'$(DESTDIR)$(PREFIX)/share/zsh/$(ZSH_COMPLETIONS)/_tedge' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tedge.fish' \
		'$(DESTDIR)$(PREFIX)/share/tedge-swift/tedge.schema.json'
	@! test -d '$(DESTDIR)$(PREFIX)/share/tedge-swift' || \
		rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(PREFIX)/share/tedge-swift'

.PHONY: demo
demo: demo-deps build
	@Tests/EndToEndTests/demo

.PHONY: test
test: test-deps lint build deb
	@Tests/all

.PHONY: test-releases
test-releases: release-deps build deb
	@Tests/all --releases

.PHONY: test-hard
test-hard: test-deps build
	@HARD_ROUNDS='$(HARD_ROUNDS)' Tests/SystemTests/Hard/all

.PHONY: test-durable
test-durable: test-deps build
	@Tests/Durable/run

.PHONY: test-hardware-keys
test-hardware-keys: release-deps build
	@Tests/HardwareKeys/run

.PHONY: reproducible
reproducible: deb-deps
	@Tests/reproducible

.PHONY: fuzz
fuzz: deps
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' Tests/Fuzzing/run

.PHONY: lint format
lint:
	swift format lint --strict --recursive Package.swift Sources Tests
	Tests/Lint/written-paths
format:
	swift format --in-place --recursive Package.swift Sources Tests

.PHONY: bench
bench: bench-deps build
	@Tests/SystemTests/Bench/all

.PHONY: sanitize
sanitize: test-deps
	@Tests/Sanitizers/run

.PHONY: coverage
coverage: test-deps
	swift test --enable-code-coverage --disable-xctest --skip 'EndToEndTests|SystemTests'
	@llvm-cov report -ignore-filename-regex='Tests|\.build' -instr-profile .build/debug/codecov/default.profdata \
		.build/debug/tedgePackageTests.xctest

.PHONY: clean
clean:
	swift package clean
	rm -rf .build/fuzzing

# The package for arm64, built on amd64 with the compiler of Debian sid; needs root. 'make deb ARCH=arm64' calls it.
ARM64_PACKAGES = binutils-aarch64-linux-gnu debhelper debootstrap dpkg-dev qemu-user-static util-linux
.PHONY: deb-arm64
# There the compiler sees this directory at /source.
deb-arm64: PLACE = /source
deb-arm64:
	$(call install,$(ARM64_PACKAGES))
	@Sources/Packaging/arm64/deb $(subst /source/.build,/source/.build/arm64,$(RELEASE))

# Installs that package in a Debian 13 for arm64 that qemu runs, and does there what users do.
.PHONY: test-arm64
test-arm64: deb-arm64
	$(call install,iproute2 mosquitto openssl python3 python3-paho-mqtt)
	@Tests/Arm64/run

# The Ansible collection. Ansible is installed with pip into an environment of its own, below .build/fleet.
ANSIBLE_PACKAGES = python3 python3-venv
FLEET_PACKAGES = $(ANSIBLE_PACKAGES) $(DEB_PACKAGES) dbus iproute2 libwrap0 mosquitto openssh-client openssl python3-apt \
	python3-paho-mqtt systemd util-linux
.PHONY: ansible ansible-deps ansible-lint
ansible-deps:
	$(call install,$(ANSIBLE_PACKAGES))
	@Tests/Fleet/prepare ansible
ansible: ansible-deps
	@PATH="$(CURDIR)/.build/fleet/venv/bin:$$PATH" Sources/Packaging/ansible/build
ansible-lint: ansible-deps
	@Tests/Fleet/lint

# Ten gateways with ssh and one cloud, in network namespaces, which Ansible drives with the package and the collection.
.PHONY: test-fleet fleet-deps
fleet-deps: ansible-deps
	$(call install,$(FLEET_PACKAGES))
	@Tests/Fleet/prepare ssh
test-fleet: fleet-deps deb ansible ansible-lint
	@.build/fleet/venv/bin/python -B -m unittest discover -s Tests/Fleet -t Tests/Fleet
	@Tests/Fleet/run --devices '$(FLEET_DEVICES)'
