#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands take stored traces: which form, several runs, what is left of a broken one.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
seed=scenarios/seed/io-completion-ports.json
several=scenarios/ports/the-poster-owns-a-slot.json

same() { cmp "$1" "$2" || { echo "$3"; bad=1; }; }

want 0 "" "$program" run --quiet --trace "$work/a.jsonl" $seed
want 0 "" "$program" run --quiet --trace "$work/a.trace" $seed
for command in run check test; do
    want 65 "is a trace, not a scenario: render, stats, why and diff take it" "$program" $command "$work/a.trace"
    want 65 "is a trace, not a scenario" "$program" $command "$work/a.jsonl"
done
want 0 "" "$program" render "$work/a.trace" --as jsonl -o "$work/b"
same "$work/a.jsonl" "$work/b" "binary to lines"
want 0 "" "$program" render "$work/a.jsonl" --as trace -o "$work/b"
same "$work/a.trace" "$work/b" "lines to binary"
want 0 "" "$program" render $seed --as trace -o "$work/b"
same "$work/a.trace" "$work/b" "a scenario rendered as trace"
# What a file is, its bytes say and not its name; also on stdin.
cp "$work/a.trace" "$work/strange.jsonl"
want 0 "on_read" "$program" render "$work/strange.jsonl" --as jsonl
"$program" stats - <"$work/a.trace" >"$work/out" && "$program" stats "$work/a.jsonl" >"$work/b" || bad=1
same "$work/out" "$work/b" "figures of both forms"
# What no record tells: the processors, and perhaps a limit.
strip() { sed '/processors, busy/d; s/^\(port  *\)[0-9-][0-9]* /\1/' | grep -v '^$' | tr -s ' '; }
"$program" stats $seed | strip >"$work/out" && strip <"$work/b" >"$work/c"
same "$work/out" "$work/c" "figures of a run and of its trace"
# Several runs: all in turn, or those of a variant.
want 0 "" "$program" run --quiet --all --trace "$work/all.trace" $several
want 0 "" "$program" run --quiet --variant "maximum 3" --trace "$work/one.jsonl" $several
want 0 "" "$program" render "$work/all.trace" --as jsonl --variant "maximum 3" -o "$work/b"
same "$work/one.jsonl" "$work/b" "one run of several"
want 0 "[maximum 3]" "$program" stats "$work/all.trace"
[ "$(grep -c '^type of thread' "$work/out")" -eq "$("$program" run --quiet --all --trace - $several | grep -c '^{"trace"')" ] ||
    { echo "not every run is shown"; bad=1; }
want 2 "no run" "$program" stats "$work/all.trace" --variant nobody
want 2 "is a trace" "$program" stats "$work/all.trace" --seed 2
cat "$work/a.jsonl" "$work/a.trace" "$work/a.jsonl" >"$work/mixed"
want 0 "" "$program" render "$work/mixed" --as trace -o "$work/b"
cat "$work/a.trace" "$work/a.trace" "$work/a.trace" >"$work/c"
same "$work/b" "$work/c" "runs of both forms in one file"
# Broken ones: status 65, the place, and nothing half-written.
head -c 300 "$work/a.trace" >"$work/cut.trace"
want 65 "cut.trace: byte 299: error: the trace ends" "$program" render "$work/cut.trace" --as jsonl -o "$work/none"
[ ! -e "$work/none" ] || { echo "a half-written trace stays"; bad=1; }
head -c 300 "$work/a.jsonl" >"$work/cut.jsonl"
want 65 "cut.jsonl:" "$program" stats "$work/cut.jsonl"
sed '1s/1/7/' "$work/a.jsonl" >"$work/new.jsonl"
want 65 "new.jsonl:1:10: error: this trace is of version 7; this program reads versions up to 1" "$program" stats "$work/new.jsonl"
printf '\211iocp\r\n\032\011' >"$work/new.trace"
want 65 "new.trace: byte 9: error: this trace is of version 9; this program reads versions up to 1" "$program" stats "$work/new.trace"
want 74 "" "$program" render "$work/a.trace" --as trace -o "$work/none/x"
[ "$(ls "$work" | grep -c XXXX)" -eq 0 ] || bad=1
exit $bad
