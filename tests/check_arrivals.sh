#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files of arrivals: where they are looked for, and what is wrong in them, with its line.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
mkdir "$work/inner"
cp scenarios/queueing/arrivals-from-a-file.json "$work/inner/s.json"
file="$work/inner/tuesday.times"

# try TEXT-OF-THE-FILE STATUS MESSAGE
try() {
    printf '%b' "$1" >"$file"
    want "$2" "$3" "$program" run "$work/inner/s.json"
}

want 74 "cannot read '$file'" "$program" run "$work/inner/s.json"
try '1ms\n1ms\n\n  2500us\t\r\n4ms' 0 "idle at 15ms"
(cd "$work/inner" && "$program" test s.json >/dev/null) || { echo "no file beside a scenario of the folder"; bad=1; }
(cd "$work/inner" && "$program" run - <s.json >/dev/null) || { echo "no file beside stdin"; bad=1; }
try '1ms\n2ms\n5\n' 65 "$file:3: error: this is a bare number, not a duration"
try '1ms\n\nsoon\n' 65 "$file:3: error: this is no duration"
try '3ms\n1ms\n' 65 "$file:2: error: this instant lies before the one above it"
want 65 "hint: instants stand in the order of time" "$program" run "$work/inner/s.json"
try '-1ms\n' 65 "$file:1: error: an instant is neither negative nor infinite"
try 'infinite\n' 65 "$file:1: error: an instant is neither negative nor infinite"
try '1ms\0001ms\n' 65 "$file:1: error: this is no duration"
try "1ms\n$(printf '%0100d' 0)ms\n" 65 "$file:2: error: this is no duration"
want 65 "$file:2" "$program" test "$work/inner/s.json"
want 65 "$file:2" "$program" stats "$work/inner/s.json"
want 65 "$file:2" "$program" render "$work/inner/s.json" --as dot
try '' 1 "does not hold"
exit "$bad"
