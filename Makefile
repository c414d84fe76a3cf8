# tedge: build, install, demonstrate and test. 'make' alone lists the goals.

PREFIX ?= /usr/local
DESTDIR ?=

# The Swift runtime goes into the executable, so that a device needs no Swift. What is not used is left out, what is the same
# is there once, and relocations are packed.
RELEASE = -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --icf=safe -Xlinker -z -Xlinker \
	pack-relative-relocs -Xlinker -s -Xlinker --gc-sections

.PHONY: build
build:
	swift build $(RELEASE) --product tedge
