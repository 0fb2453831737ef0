#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is written from the program's tables is as the program writes it now.
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/cli" "$work/docs" "$work/tools"
cp tools/completions tools/language "$work/tools/"
cp docs/language-head.md "$work/docs/"
"$work/tools/completions" "$program" && "$work/tools/language" "$program" || exit 1
bad=0
for file in cli/completions/iocpsim.bash cli/completions/_iocpsim docs/language.md; do
    diff -u "$file" "$work/$file" || bad=1
done
"$program" schema >"$work/schema.json"
diff -q scenarios/scenario.schema.json "$work/schema.json" || bad=1
for command in run check test render stats why diff; do
    "$program" help options | awk -v c=$command '$1 == c { sub(/^-+/, "", $2); print $2 }' | while read -r flag; do
        [ "$flag" = help ] || tr -d '\n' <docs/iocpsim.1 | grep -qE "Fl -?$flag" || echo "the man page lacks --$flag of $command"
    done
done | tee "$work/man"
[ ! -s "$work/man" ] || bad=1
# Every scenario and test that the ledger names is there.
for name in $(grep -oE '(scenarios|tests|model)/[A-Za-z0-9_./-]+\.(json|jsonl|c)' docs/faithfulness.md | sort -u); do
    [ -e "$name" ] || { echo "docs/faithfulness.md names $name, which is not there"; bad=1; }
done
for name in $(grep -oE '[ (][a-z0-9-]+\.json' docs/faithfulness.md | tr -d ' (' | sort -u); do
    ls scenarios/*/"$name" >/dev/null 2>&1 || { echo "docs/faithfulness.md names $name, which is not there"; bad=1; }
done
exit $bad
