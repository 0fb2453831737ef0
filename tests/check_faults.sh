#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_faults.sh SANITIZED [soak]: every allocation, and every system call that touches a file, fails once, one
# after another, for each command: tests/faults/faults.c does it, and says what must then hold. The commands that
# load and run the same scenario fail alike until it has run, so that only the first does so from the beginning;
# soak has all of them do it, and the sanitized program too.
set -u
sanitized=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "NOT RUN: the faults need Linux on x86-64"
    exit 77
fi
program=build/gcc/iocpsim
library=build/faults.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
bad=0
total=0
seed=scenarios/seed/io-completion-ports.json
variants=scenarios/ports/the-poster-owns-a-slot.json
late=280
[ "${2-}" = soak ] && late=1
gcc -std=c17 -Wall -Wextra -Werror -O2 -g -shared -fPIC tests/faults/faults.c -o $library || exit 1

# each KIND FROM FILE COMMAND...: faults of this kind, from this request on; FILE is what the command may leave in
# $work/out.
each() {
    kind=$1
    from=$2
    file=$3
    shift 3
    FAULTS=$kind FAULTS_FROM=$from FAULTS_FOLDER="$work/out" FAULTS_FILE=$file LD_PRELOAD=$library \
        "$program" "$@" >"$work/said" 2>&1 </dev/null || {
        echo "$kind: $program $*"
        cat "$work/said"
        bad=1
    }
    count=$(sed -n 's/ requests failed.*//p' "$work/said")
    total=$((total + ${count:-0}))
}

# both FROM FILE COMMAND...: the allocations from this one on, and all calls.
both() {
    from=$1
    shift
    each memory "$from" "$@"
    each calls 1 "$@"
}
out="$work/out"
"$program" run --quiet --trace "$work/t.jsonl" $seed
"$program" run --quiet --trace "$work/t.trace" $seed
both 1 t.jsonl run --trace "$out/t.jsonl" $seed
both $late "" run --quiet --trace - $seed
both $late "" run --json $seed
both $late "" run --follow $seed
both 600 "" run --all $variants
both $late "" run --example io-completion-ports
both 1 "" run tests/fixtures/failing.json
both $late "" check $seed
both 1 "" check tests/fixtures/bad/all-classes-at-once.json
both 1 "" check --json tests/fixtures/bad/all-classes-at-once.json
both 1 "" test tests/fixtures/failing.json
both 1200 "" test $seed $variants
both $late "" test scenarios/seed
both $late p.txt render $seed --as text -o "$out/p.txt"
both $late p.dot render $seed --as dot -o "$out/p.dot"
command -v dot >/dev/null && each memory $late p.svg render $seed --as svg --structure -o "$out/p.svg"
# Only what a picture itself asks for: the run before it is above.
for form in chrome perfetto mermaid svg; do
    both $((late + 20)) p.$form render $seed --as $form -o "$out/p.$form"
done
for picture in --statistics "--operation 1"; do
    each memory $((late + 20)) p.svg render $seed --as svg $picture -o "$out/p.svg"
done
# A pool, its items and those of loads have pictures of their own.
items=scenarios/queueing/items-of-a-pool.json
for picture in "--pages 2" --statistics; do
    each memory $((late + 20)) p.svg render $items --as svg $picture -o "$out/p.svg"
done
for form in chrome perfetto; do
    each memory $((late + 20)) p.$form render $items --as $form -o "$out/p.$form"
done
for picture in --waits "--waits --at 1ms" --summary "--from 0ms" "--operation 1"; do
    each memory $((late + 20)) p.dot render $seed --as dot $picture -o "$out/p.dot"
done
each memory 1 p.svg render "$work/t.jsonl" --with "$work/t.jsonl" --as svg -o "$out/p.svg"
each memory 1 p.txt render "$work/t.jsonl" --with "$work/t.jsonl" -o "$out/p.txt"
both $late "" stats $seed
both $late "" stats --json $seed
both $late t.trace run --quiet --trace "$out/t.trace" $seed
both 1 t.trace render "$work/t.jsonl" --as trace -o "$out/t.trace"
both 1 t.jsonl render "$work/t.trace" --as jsonl -o "$out/t.jsonl"
both 1 "" stats "$work/t.trace"
both 1 "" render "$work/t.jsonl"
both 1 "" schema
for page in steps records why claims errors names options; do
    both 1 "" help $page
done
both 1 "" version
both 1 "" run --help
if [ "${2-}" = soak ]; then
    export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:allocator_may_return_null=1
    program=$sanitized
    both 1 t.jsonl run --trace "$out/t.jsonl" $seed
    both 1 "" check --json tests/fixtures/bad/all-classes-at-once.json
    both 1 "" test scenarios/ports
    both 1 "" test tests/fixtures
fi
echo "$total faults"
exit $bad
