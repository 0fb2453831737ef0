#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The benchmarks run, all of them, on a thousandth of their loads, and print a row with its goal for each.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
rows=$(build/gcc/bench/bench --smoke)
for group in P1 P2 P3 P4 P5 P7; do
    printf '%s\n' "$rows" | grep -Eq "^$group +.*(met|NOT)" || {
        echo "no row of $group with a goal"
        exit 1
    }
done
