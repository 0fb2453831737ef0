#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The benchmarks run, all of them, on a thousandth of their loads, and print a row with its goal for each.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
rows=$(build/gcc/bench/bench --smoke)
for group in P1 P2 P3 P4 P5 P6 P7 P8 V; do
    printf '%s\n' "$rows" | grep -Eq "^$group +.*(met|NOT)" || {
        echo "no row of $group with a goal"
        exit 1
    }
done
# A run that has warmed up allocates nothing, and forgets time-outs that were overtaken.
rows=$(build/gcc/bench/bench P5)
if printf '%s\n' "$rows" | grep -E '^P5 +more ' | grep -v ' met'; then
    echo "a longer run allocates more"
    exit 1
fi
[ "$(printf '%s\n' "$rows" | grep -cE '^P5 +more .* met')" -eq 2 ]
