#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Golden traces: what differs is told in words; --bless writes what changed, says what, and touches nothing else.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
policy=scenarios/ports/the-oldest-waiter.json

mkdir -p "$work/scenarios/ports" "$work/traces/golden/ports"
cp $policy "$work/scenarios/ports/"
: >"$work/traces/golden/ports/the-oldest-waiter.oldest.jsonl"
want 0 "the-oldest-waiter.oldest.jsonl: new" "$program" test --bless "$work/scenarios"
cmp -s "$work/traces/golden/ports/the-oldest-waiter.oldest.jsonl" traces/golden/ports/the-oldest-waiter.oldest.jsonl ||
    { echo "what is blessed is not the trace"; bad=1; }
want 0 "# 2 passed, 0 failed" "$program" test --bless "$work/scenarios"
grep -q blessed "$work/out" && { echo "what has not changed is blessed"; bad=1; }
sed -i 's/"policy"/"newest-waiter"/; s/"oldest": { "wake": "oldest" }/"oldest": {}/; /"kind": "packet-release"/,/\] \] },/d' "$work/scenarios/ports/the-oldest-waiter.json"
want 1 "at 10ms P hands packet p1 to T4 (newest-waiter), where the golden trace has: P hands packet p1 to T1 (policy): policy became newest-waiter" \
    "$program" test "$work/scenarios"
grep -q "line 1 differs" "$work/out" || { echo "the line is not told"; bad=1; }
want 0 "#   at 10ms P hands packet p1 to T4" "$program" test --bless "$work/scenarios"
want 0 "# 2 passed, 0 failed" "$program" test "$work/scenarios"
sed -i 's/"step_n":9/"step_n":10/' "$work/traces/golden/ports/the-oldest-waiter.oldest.jsonl"
want 1 "differs from the golden trace" "$program" test "$work/scenarios"
exit $bad
