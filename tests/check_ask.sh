#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# why and diff: what they say, of scenarios and of stored traces, and with which status.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
seed=scenarios/seed/io-completion-ports.json
policy=scenarios/ports/the-oldest-waiter.json

silent() { [ ! -s "$work/out" ] || { echo "it prints:"; cat "$work/out"; bad=1; }; }

# The callback of the sample goes back over packet, operation and issue to the thread and the run's beginning.
want 0 "completion thread (completion-port) runs on_read" "$program" why $seed 30
awk '$1 ~ /^[0-9]+$/ && $2 != "+--" { print $1 }' "$work/out" | tr '\n' ' ' >"$work/chain"
[ "$(cat "$work/chain")" = "30 26 24 23 14 13 3 2 1 " ] || { echo "another chain: $(cat "$work/chain")"; bad=1; }
grep -q "(newest-waiter: IOCP-21 IOCP-32)" "$work/out" || { echo "no rule with its facts"; bad=1; }
grep -q "^22  *+-- .* parks at port (queue-empty)" "$work/out" || { echo "not what the rule rests on: when the thread parked"; bad=1; }
grep -q "^26  *\`-- .* port hands packet 1" "$work/out" || { echo "the cause does not hang under what it caused"; bad=1; }
for form in jsonl trace; do
    "$program" run --quiet --trace "$work/seed.$form" $seed
    "$program" why "$work/seed.$form" 30 >"$work/stored"
    cmp -s "$work/out" "$work/stored" || { echo "why of a .$form differs"; bad=1; }
done
want 0 '"facts":["IOCP-21","IOCP-32"]' "$program" why --json $seed 30
/usr/bin/python3 -c 'import json, sys; c = json.load(sys.stdin); assert c["whole"] and [l["n"] for l in c["chain"]][-1] == 1' <"$work/out" ||
    { echo "why --json is not whole"; bad=1; }
want 0 "the run begins" "$program" why --example io-completion-ports 1
want 2 "the last one is 35" "$program" why $seed 36
want 2 "there is no record 0" "$program" why $seed 0
want 2 "not '-3'" "$program" why $seed -- -3
want 2 "not 'last'" "$program" why $seed last
want 2 "wants a scenario or trace and the number" "$program" why $seed
want 2 "it is not run again" "$program" why --seed 3 "$work/seed.jsonl" 3
grep -v '"n":26,' "$work/seed.jsonl" >"$work/filtered.jsonl"
want 0 "Its cause, record 26, is not in this trace." "$program" why "$work/filtered.jsonl" 30
want 74 "cannot read" "$program" why "$work/none" 1

# Two variants: the newest of four waiters is T4, the oldest T1.
want 1 "at 10ms P hands packet p1 to T1 (policy), where 'newest' has: P hands packet p1 to T4 (newest-waiter): newest-waiter became policy" \
    "$program" diff $policy --variant newest --with-variant oldest
grep -qF "handle for P (p2): T3 (completion-port) at 10ms -> T2 (completion-port) at 10ms" "$work/out" || { echo "no callback has moved"; bad=1; }
want 1 "at 10ms P hands" "$program" diff $policy --with-set wake=oldest
want 1 '"same":false' "$program" diff --json $policy --with-variant oldest
/usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["first"]["after"]["why"] == "policy" and len(d["callbacks"]) == 2' <"$work/out" ||
    { echo "diff --json lacks something"; bad=1; }
want 0 "" "$program" diff $seed $seed
silent
want 0 "" "$program" diff "$work/seed.trace" $seed
silent
want 0 '{"same":true}' "$program" diff --json "$work/seed.trace" "$work/seed.jsonl"
want 0 "" "$program" diff --example io-completion-ports $seed --with-seed 7
silent
want 2 "diff wants two" "$program" diff $seed
want 2 "diff wants two" "$program" diff $seed $seed $seed
want 65 "error" "$program" diff $seed tests/fixtures/bad/meaning-loop.json
head -n 20 "$work/seed.jsonl" >"$work/cut.jsonl"
want 1 "is over where $work/seed.jsonl goes on at 0ns" "$program" diff "$work/seed.jsonl" "$work/cut.jsonl"
sed 's/"text":"the text, 39/"text":"the text, 40/' "$work/seed.jsonl" >"$work/other.jsonl"
want 1 "says: the text, 40 bytes" "$program" diff "$work/seed.jsonl" "$work/other.jsonl"

# Figures: the same of a run and of its stored traces, but for what no record tells (the processors, a limit).
for file in $seed scenarios/ports/a-poll-takes-a-slot.json scenarios/ports/event-and-packet.json; do
    "$program" run --quiet --trace "$work/f.jsonl" $file
    "$program" run --quiet --trace "$work/f.trace" $file
    for run in $file "$work/f.jsonl" "$work/f.trace"; do
        "$program" stats --json "$run" | /usr/bin/python3 -c '
import json, sys
figures = json.load(sys.stdin)
figures.pop("processors", None)
figures.pop("utilization", None)
for port in figures["ports"]:
    del port["limit"]
    assert port["queue"]["left"] > 0 or port["queue"]["number_time"] == port["queue"]["time_in"]
for key in "types", "threads", "ports", "devices", "handles", "callbacks":
    assert key in figures
print(json.dumps(figures, sort_keys=True))' >>"$work/figures" || bad=1
    done
    [ "$(sort -u "$work/figures" | wc -l)" -eq 1 ] || { echo "the figures of $file differ by form"; bad=1; }
    rm "$work/figures"
done
want 0 "4 processors, busy 24% of 62ms" "$program" stats scenarios/ports/a-poll-takes-a-slot.json
exit $bad
