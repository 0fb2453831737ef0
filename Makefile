# SPDX-License-Identifier: Apache-2.0
# make            the program, in build/
# make demo       runs the seed's sample, and says where its trace and picture lie
# make test       everything that must hold; ends with "N passed, N failed"
# make help       the other targets

BUILD ?= build
PREFIX ?= /usr/local
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS ?= -O2 -g
FLAVOUR ?= plain

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wmissing-declarations -Wwrite-strings -Wcast-qual \
	-Wcast-align -Wpointer-arith -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough \
	-Wdouble-promotion -Wfloat-conversion -Wredundant-decls -Wnested-externs -Wdate-time
HARDENING := -fstack-protector-strong -fPIE
CJSON_CFLAGS := $(shell pkg-config --cflags libcjson 2>/dev/null)
CJSON_LIBS := $(shell pkg-config --libs libcjson 2>/dev/null || echo -lcjson)
CMOCKA_LIBS := $(shell pkg-config --libs cmocka 2>/dev/null || echo -lcmocka)
INCLUDES := -I. -Iinclude
DATA := $(PREFIX)/share/iocpsim
ALL_CFLAGS := -std=c17 $(WARNINGS) $(HARDENING) $(CFLAGS) $(EXTRA_CFLAGS) $(INCLUDES) $(CJSON_CFLAGS) \
	-ffile-prefix-map=$(CURDIR)=. -DIOCPSIM_DATA_DIRECTORY='"$(DATA)"'
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(EXTRA_CFLAGS)

LIBRARY := $(sort $(wildcard sim/*.c model/*.c model/policy/*.c scenarios/load/*.c traces/*.c traces/render/*.c lib/*.c))
PROGRAM := $(sort $(wildcard cli/*.c))
TESTS := $(sort $(wildcard tests/test_*.c))
REPLAY := tests/replay_hill_climbing.c
TEST_SUPPORT := $(filter-out $(TESTS) $(REPLAY),$(sort $(wildcard tests/*.c)))
BENCH := $(filter-out bench/peer.c,$(sort $(wildcard bench/*.c)))
BENCH_OBJECTS := $(BENCH:%.c=$(BUILD)/%.o)
BENCH_WRAPS := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
LIBRARY_OBJECTS := $(LIBRARY:%.c=$(BUILD)/%.o)
PROGRAM_OBJECTS := $(PROGRAM:%.c=$(BUILD)/%.o)
TEST_PROGRAMS := $(TESTS:tests/%.c=$(BUILD)/tests/%) $(REPLAY:%.c=$(BUILD)/%)
TEST_SUPPORT_OBJECTS := $(TEST_SUPPORT:%.c=$(BUILD)/%.o)

.PHONY: all demo test lint check-cross fuzz-merge soak mutants coverage bench bench-programs bless install uninstall clean help peers pictures tables validation packages-demo packages-test test-programs fuzzers FORCE
all: $(BUILD)/iocpsim

# Objects depend on the flags: another command line builds anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(subst ','"'"',$(ALL_CFLAGS)) $(ALL_LDFLAGS)' > $@.new
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(dir $@)
	@echo "  compile $<"
	@$(CC) $(ALL_CFLAGS) $(EXACT) -MMD -MP -c $< -o $@

# The one file with floating point: each operation is rounded as it is written, whatever CFLAGS say.
$(BUILD)/model/policy/hill_climbing.o: EXACT := -ffp-contract=off -fno-fast-math

$(BUILD)/libiocpsim.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/iocpsim: $(PROGRAM_OBJECTS) $(BUILD)/libiocpsim.a
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) $^ $(CJSON_LIBS) -o $@

$(BUILD)/libtests.a: $(TEST_SUPPORT_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libtests.a $(BUILD)/libiocpsim.a
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) $^ $(CMOCKA_LIBS) $(CJSON_LIBS) -lm -o $@

# It needs no library, so that it can be built for other processors.
$(BUILD)/tests/replay_hill_climbing: $(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/tests/hill_climbing_table.o $(BUILD)/model/policy/hill_climbing.o
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) $^ -o $@

test-programs: $(TEST_PROGRAMS)

# Fuzzers are built by clang, in a folder of their own: tests/check_fuzz.sh calls for them.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libiocpsim.a
	@mkdir -p $(dir $@)
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer $^ $(CJSON_LIBS) -o $@

fuzzers: $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))

$(BUILD)/bench/bench: $(BENCH_OBJECTS) $(BUILD)/libiocpsim.a
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) $(BENCH_WRAPS) $^ $(CJSON_LIBS) -lm -o $@

$(BUILD)/bench/peer: $(BUILD)/bench/peer.o
	@echo "  link    $@"
	@$(CC) $(ALL_LDFLAGS) $^ -lm -o $@

bench-programs: $(BUILD)/iocpsim $(BUILD)/bench/bench $(BUILD)/bench/peer

# make bench ARGS="P1 --rounds 9"
bench: bench-programs
	@$(BUILD)/bench/bench $(ARGS)
	@case "$(ARGS)" in '' | V*) /usr/bin/python3 bench/paint.py $(BUILD)/iocpsim ;; esac

-include $(LIBRARY_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d) $(TESTS:%.c=$(BUILD)/%.d) $(REPLAY:%.c=$(BUILD)/%.d) $(TEST_SUPPORT_OBJECTS:.o=.d) $(BENCH_OBJECTS:.o=.d)

packages-demo:
	@sh tools/packages demo

packages-test:
	@sh tools/packages test

demo: packages-demo
	@$(MAKE) --no-print-directory -j2 all >$(if $(V),/dev/stderr,/dev/null)
	@mkdir -p build/demo
	@build/iocpsim run --trace build/demo/io-completion-ports.jsonl scenarios/seed/io-completion-ports.json
	@echo
	@build/iocpsim render scenarios/seed/io-completion-ports.json --as text --width 80
	@build/iocpsim render scenarios/seed/io-completion-ports.json --as svg -o build/demo/io-completion-ports.svg
	@echo
	@echo "The samples of the blog post on every runtime: which type of thread ran each callback, and how many workers and"
	@echo "completion-port threads were available then. Measured: .NET 10 did so; unverified: rests on memory in part."
	@echo
	@sh tools/which-thread build/iocpsim
	@echo
	@echo "The trace, one record a line:  build/demo/io-completion-ports.jsonl"
	@echo "The same as a picture:  build/demo/io-completion-ports.svg"

test: packages-test
	@sh tests/run

lint:
	@sh tests/lint

# Other C libraries and byte orders; what it needs is installed first.
check-cross:
	@sh tests/cross

# The corpus of the fuzzers anew, with what their last run found, as small as it can be.
fuzz-merge:
	@sh tests/check_fuzz.sh build/iocpsim merge

soak:
	@sh tests/run soak

# What others read our pictures with; the tests that need them are not run without.
peers:
	@sh tools/peers

# The pictures of docs/.
pictures: all
	@sh tools/pictures $(BUILD)/iocpsim

# What a real .NET was measured to do, beside what is simulated.
validation: all
	@/usr/bin/python3 tools/validation $(BUILD)/iocpsim

# The README's table, from traces.
tables: all
	@/usr/bin/python3 tools/blocking-or-port $(BUILD)/iocpsim README.md

coverage: packages-test
	@sh tests/coverage

mutants: packages-test
	@/usr/bin/python3 tests/mutants.py

bless: all
	@build/iocpsim test --bless scenarios

SHELVES := $(sort $(wildcard scenarios/*/*.json scenarios/*/*/*.json))

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/iocpsim $(DESTDIR)$(PREFIX)/bin/iocpsim
	install -m 644 docs/iocpsim.1 $(DESTDIR)$(PREFIX)/share/man/man1/iocpsim.1
	install -D -m 644 cli/completions/iocpsim.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/iocpsim
	install -D -m 644 cli/completions/_iocpsim $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_iocpsim
	for file in $(SHELVES) $(wildcard scenarios/*/*.times); do install -D -m 644 $$file $(DESTDIR)$(DATA)/$$file; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/iocpsim $(DESTDIR)$(PREFIX)/share/man/man1/iocpsim.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/iocpsim
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_iocpsim
	rm -rf $(DESTDIR)$(DATA)

clean:
	rm -rf build

help:
	@sed -n '2,6s/^# //p' Makefile
	@echo "make lint       warnings of both compilers as errors, layout of the tree"
	@echo "make bench      how fast it is, beside the goals of docs/speed.md (ARGS=P1: one group)"
	@echo "make peers      installs what some tests of pictures ask: Chromium, and mermaid and speedscope from npm"
	@echo "make pictures   draws the pictures of docs/ anew"
	@echo "make validation writes docs/validation.md: measured figures of .NET 10 beside simulated ones"
	@echo "make tables     writes the README's table of two ways to serve a load anew"
	@echo "make soak       the longer checks, check-cross among them"
	@echo "make check-cross  the same bytes from musl, s390x and aarch64, under qemu"
	@echo "make fuzz-merge   the fuzzers' corpus, as small as it can be"
	@echo "make mutants    breaks each rule of the model once, and sees it caught by a message that names the rule"
	@echo "make coverage   which lines and branches of sim/, model/ and scenarios/load the tests reach"
	@echo "make bless      writes the golden traces anew"
	@echo "make install    to PREFIX (/usr/local), below DESTDIR; make uninstall takes it away"
	@echo "make clean      removes build/"
