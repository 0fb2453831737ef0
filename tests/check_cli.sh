#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line: statuses, what goes where, and nothing half-written.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
seed=scenarios/seed/io-completion-ports.json

want 0 "idle at 50ms" "$program" run $seed
want 0 "runs on_read for test.txt  (newest-waiter)" "$program" run $seed
want 0 "One file, one port" "$program" run --example io-completion-ports
want 0 "" "$program" run --quiet $seed
[ ! -s "$work/out" ] || { echo "--quiet prints"; bad=1; }
want 0 '"kind":"run-end","end":"idle"' "$program" run --quiet --trace - $seed
head -n 1 "$work/out" | grep -q '^{"trace":1,' || { echo "--trace - prints more than the trace"; bad=1; }
grep -qv '^{' "$work/out" && { echo "--trace - prints more than JSON Lines"; bad=1; }
want 0 "because" "$program" run --follow $seed
grep -qE "^ +26 +50ms  port hands packet 1" "$work/out" || { echo "--follow without the numbers that why takes"; bad=1; }
want 0 '"end":"idle"' "$program" run --json $seed
want 0 "maximum 3" "$program" run --all scenarios/ports/the-poster-owns-a-slot.json
want 0 "" "$program" run --quiet --variant "maximum 3" scenarios/ports/the-poster-owns-a-slot.json
want 2 "no parameter 'nothing'" "$program" run --set nothing=1 scenarios/ports/the-poster-owns-a-slot.json
want 2 "not 'soon'" "$program" run --until soon $seed
want 2 "no variant 'nobody'; there are 'maximum 1', 'maximum 3'" "$program" run --variant nobody scenarios/ports/the-poster-owns-a-slot.json
want 1 "does not hold" "$program" run --set limit=2 scenarios/ports/the-poster-owns-a-slot.json
want 1 "--variant 'maximum 3' --set 'limit=2'" "$program" test --set limit=2 scenarios/ports/the-poster-owns-a-slot.json
want 0 "1..1" "$program" test --variant "maximum 3" scenarios/ports/the-poster-owns-a-slot.json
want 2 "no variant 'nobody'" "$program" test --variant nobody scenarios/ports/the-poster-owns-a-slot.json
want 2 "no parameter 'nothing'" "$program" test --set nothing=1 scenarios/ports/the-poster-owns-a-slot.json
want 2 "usage" "$program"
want 2 "unknown command" "$program" fly
want 2 "not in this version" "$program" explore $seed
want 2 "not in this version" "$program" sweep $seed
want 2 "no option" "$program" run --fly $seed
want 2 "not in this version" "$program" render --as html $seed
want 74 "cannot read" "$program" run "$work/none.json"
want 74 "folder" "$program" run scenarios
want 65 "this file is empty" "$program" check /dev/null
want 0 "ok" "$program" check $seed
want 0 "usage" "$program" run --help
want 0 "iocpsim 0." "$program" --version
want 0 "GetQueuedCompletionStatus" "$program" help steps
want 0 "newest-waiter" "$program" help why
want 0 "port-wait" "$program" help records
want 0 "always" "$program" help claims
want 0 "a-poll-takes-a-slot " "$program" help examples
want 0 "starvation_after" "$program" help presets
want 2 "help examples" "$program" run --example nothing
want 2 "help examples" "$program" render --example nothing
want 1 "x waits for b, which y owns" "$program" run tests/fixtures/ends/circle.json
want 1 "s waits for done, and nobody left can set done" "$program" run tests/fixtures/ends/nobody-left.json
want 1 "w waits for p, and nobody left can end what is pending on p" "$program" run tests/fixtures/ends/far-end-silent.json
want 1 "v waits for q, and no operation on q is pending" "$program" run tests/fixtures/ends/far-end-silent.json
want 1 "  x at /threads/x/runs/0" "$program" run tests/fixtures/ends/livelock.json
want 0 "1..1" "$program" test tests/fixtures/ends/misuse-in-flow.json
want 0 "1 operation on file pending" "$program" run tests/fixtures/ends/forgotten-read-line.json
want 0 "1 packet queued at P, which nobody took" "$program" run tests/fixtures/ends/forgotten-read-line.json
want 2 "no help page" "$program" help nothing
want 0 "1..1" "$program" test $seed
want 65 "not ok 1" "$program" test tests/fixtures/bad/meaning-loop.json
want 74 "not ok 1" "$program" test "$work/none.json"
want 1 "reproduce: iocpsim" "$program" test tests/fixtures/failing.json
want 1 "no scenario" "$program" test "$work"
want 0 "digraph" "$program" render $seed --as dot
want 2 "say one" "$program" render $seed --as dot --waits --summary
want 2 "are for --as dot and svg" "$program" render $seed --waits
want 2 "--at is for --waits" "$program" render $seed --as dot --at 1ms
want 2 "not 'x'" "$program" render $seed --operation x
want 2 "instants of the run" "$program" render $seed --from 2ms --to 1ms
want 2 "no operation or packet 9" "$program" render $seed --operation 9
want 2 "no work item of record 9" "$program" render $seed --operation @9
want 0 "the work item of record 12" "$program" render scenarios/pools/workers-that-block.json --operation @12
want 2 "--dark are for --as svg" "$program" render $seed --dark
want 2 "not for what the dot program draws" "$program" render $seed --as svg --waits --height 400
want 2 "which have a height" "$program" render $seed --as svg --pages 2 --height 400
want 2 "--font-size wants a number from 1 to 100000, not '0'" "$program" render $seed --as svg --font-size 0
want 0 'width="1280" height="720"' "$program" render $seed --as svg --width 1280 --height 720 --font-size 20
want 0 "service 50ms" "$program" render $seed --operation 1
want 0 "completion-port" "$program" stats $seed
want 0 '"completion-port":{"threads":1' "$program" stats --json $seed
"$program" run --quiet --trace - - <$seed >"$work/out" 2>"$work/err" || { echo "stdin is not read"; bad=1; }
"$program" run --quiet --trace "$work/t.jsonl" $seed && cmp -s "$work/out" "$work/t.jsonl" || { echo "the trace differs"; bad=1; }
"$program" run --quiet --trace "$work/none/t.jsonl" $seed 2>/dev/null
[ $? -eq 74 ] || { echo "an output that cannot be opened"; bad=1; }
"$program" run --trace "$work/bad.jsonl" tests/fixtures/bad/meaning-loop.json >/dev/null 2>&1
[ ! -e "$work/bad.jsonl" ] || { echo "a half-written trace stays"; bad=1; }
if [ -w /dev/full ]; then
    "$program" run --quiet --trace - $seed >/dev/full 2>/dev/null
    [ $? -eq 74 ] || { echo "a full disk is not told"; bad=1; }
fi
"$program" render scenarios/ports/two-at-once-five-threads.json --width 80 >"$work/out"
awk 'length($0) > 80 { exit 1 }' "$work/out" || { echo "lines longer than 80 columns"; bad=1; }
# A handle that is bound to a pool leads to the pool, not to a port of the same number.
want 0 '"handle0" -> "pool0"' "$program" render scenarios/pools/bound-handles.json --as dot
want 0 '"pool0" -> "thread1"' "$program" render scenarios/pools/bound-handles.json --as dot
# As its scenario claims: three threads, one from 10 s on, none from 22 s on, three again at 30 s.
"$program" render scenarios/pools/idle-exit-and-regrow.json --width 80 >"$work/out"
grep -qE "^  threads  *\|3+1+\.+3+\|$" "$work/out" || { echo "the pool's threads are not drawn"; cat "$work/out"; bad=1; }
if command -v dot >/dev/null 2>&1; then
    "$program" render $seed --as dot -o "$work/g.dot" && dot -Tsvg "$work/g.dot" -o "$work/g.svg" 2>"$work/err"
    [ -s "$work/g.svg" ] && [ ! -s "$work/err" ] || { echo "dot complains"; cat "$work/err"; bad=1; }
fi
mkdir "$work/empty"
(PATH="$work/empty" "$program" render $seed --as svg --structure -o "$work/x.svg" 2>"$work/err")
[ $? -eq 74 ] && grep -q "install Graphviz" "$work/err" && [ ! -e "$work/x.svg" ] || { echo "without dot"; cat "$work/err"; bad=1; }
exit $bad
