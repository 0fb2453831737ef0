#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_fuzz.sh PROGRAM [soak|SECONDS]: the fuzzers, side by side, half a minute each; soak an hour. They begin with
# the scenarios, the fixtures and the corpus of earlier runs, and know the words of the language. What makes one fail
# is kept in build/fuzz/.
# check_fuzz.sh PROGRAM merge: writes the corpus anew, with what the last run found, as small as it can be.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=30
case ${2-} in
soak) seconds=3600 ;;
[1-9]*) seconds=$2 ;;
esac
make -s -j"$(nproc)" BUILD=build/fuzz CC=clang \
    EXTRA_CFLAGS="-Werror -DSIM_ASSERTIONS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1" \
    fuzzers >build/fuzz.log 2>&1 || { cat build/fuzz.log; exit 1; }
export ASAN_OPTIONS=handle_segv=2:detect_leaks=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The words of the language in quotes, as libFuzzer's dictionary wants them.
build/iocpsim schema | grep -o '"[A-Za-z_$][A-Za-z0-9_ -]*"' | sort -u | sed 's/^"\(.*\)"$/"\\"\1\\""/' >"$work/scenario.dict"

# seeds NAME FOLDER: what a fuzzer begins with.
seeds() {
    mkdir -p "$2"
    case $1 in
    scenario)
        for file in scenarios/*/*.json tests/fixtures/*.json tests/fixtures/bad/*.json; do
            cp "$file" "$2/$(echo "$file" | tr / -)"
        done
        ;;
    trace)
        for file in scenarios/seed/*.json scenarios/ports/closing-wakes-waiters.json scenarios/lessons/an-owner-dies.json; do
            build/iocpsim run --quiet --trace "$2/$(basename "$file" .json).jsonl" "$file"
            build/iocpsim run --quiet --trace "$2/$(basename "$file" .json).trace" "$file"
        done
        ;;
    esac
}

# What a run may take: memory, a time for one input, the longest input.
limits="-rss_limit_mb=2048 -timeout=20 -max_len=8192"
names=
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    names="$names $name"
    mkdir -p "build/fuzz/found/$name" "tests/fuzz/corpus/$name"
    [ -f "$work/$name.dict" ] || echo '"\"kind\""' >"$work/$name.dict"
    seeds "$name" "$work/$name"
done
if [ "${2-}" = merge ]; then
    for name in $names; do
        mkdir "$work/$name.merged"
        build/fuzz/tests/fuzz/fuzz_"$name" -set_cover_merge=1 -rss_limit_mb=2048 -timeout=20 -max_len=2048 "$work/$name.merged" "tests/fuzz/corpus/$name" \
            "build/fuzz/found/$name" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
        rm -rf "tests/fuzz/corpus/$name"
        mv "$work/$name.merged" "tests/fuzz/corpus/$name"
        du -sk "tests/fuzz/corpus/$name"
    done
    exit 0
fi
for name in $names; do
    # libFuzzer writes what it finds into the first folder.
    (
        build/fuzz/tests/fuzz/fuzz_"$name" $limits -max_total_time=$seconds -dict="$work/$name.dict" \
            -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 "build/fuzz/found/$name" "tests/fuzz/corpus/$name" \
            "$work/$name" >"$work/$name.log" 2>&1
        echo $? >"$work/$name.status"
    ) &
done
wait
bad=0
for name in $names; do
    if [ "$(cat "$work/$name.status")" -ne 0 ]; then
        echo "$name: what it found lies in build/fuzz/"
        tail -n 60 "$work/$name.log"
        bad=1
    fi
    grep -E 'stat::number_of_executed_units|DONE' "$work/$name.log" | sed "s/^/$name: /"
done
exit $bad
