#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every bad scenario of the fixtures is answered with its exact text, and status 65.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/fixtures/bad" || exit 1
bad=0
out=$(mktemp)
err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT
count=0
for scenario in *.json; do
    count=$((count + 1))
    "$program" check "$scenario" >"$out" 2>"$err"
    status=$?
    if [ "$status" -ne 65 ] || [ -s "$out" ] || ! diff -u "${scenario%.json}.err" "$err"; then
        echo "$scenario: status $status"
        bad=1
    fi
done
echo "$count fixtures"
[ "$count" -ge 30 ] && [ "$bad" -eq 0 ]
