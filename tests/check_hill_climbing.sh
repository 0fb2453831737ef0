#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_hill_climbing.sh: every table of hill climbing gives the same bits with both compilers at every level, with
# sanitizers, and with flags that allow fused operations and loose arithmetic, which the Makefile takes back for
# that file; its object calls no C library for numbers; and the replay sees what it must see.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/want.sh
cases=tests/cases/hill-climbing
tables=$(ls $cases/native/*.csv $cases/portable/*.csv $cases/legacy-2.0/*.csv)
replay=build/tests/replay_hill_climbing
object=model/policy/hill_climbing.o
make -s $replay >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
$replay --rows $tables >"$work/reference" || { tail -n 2 "$work/reference"; exit 1; }
[ "$(grep -c ' rows, 0 decisions differ, ' "$work/reference")" -eq 43 ] || { echo "there are not 43 tables"; bad=1; }
ways=0

# same NAME PROGRAM: gives the bytes of the reference.
same() {
    ways=$((ways + 1))
    "$2" --rows $tables >"$work/is" 2>&1 || { echo "$1: status $?"; bad=1; }
    cmp "$work/reference" "$work/is" || { echo "$1: other bytes"; bad=1; }
}

# level NAME CC FLAGS: the file compiled so, by the Makefile, in the same program; what it calls.
level() {
    make -s BUILD="build/hill/$1" CC="$2" CFLAGS="$3" "build/hill/$1/$object" >"$work/log" 2>&1 || { cat "$work/log"; bad=1; }
    calls=$(nm -u "build/hill/$1/$object" | awk '{ print $2 }' | grep -vxE 'memset|memcpy|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_')
    [ -z "$calls" ] || { echo "$1: hill climbing calls $calls"; bad=1; }
    "$2" -pie "build/hill/$1/$object" ${replay%/*}/replay_hill_climbing.o ${replay%/*}/hill_climbing_table.o -o "$work/$1" || bad=1
}
fused() { objdump -d "$1" | grep -c 'vfn*m[as]'; }

for compiler in gcc clang; do
    for optimized in 0 1 2 3; do
        level $compiler-O$optimized $compiler -O$optimized
        same "$compiler -O$optimized" "$work/$compiler-O$optimized"
    done
    sanitized=build/$compiler-sanitized/tests/replay_hill_climbing
    [ ! -x $sanitized ] || same "$compiler, sanitized" $sanitized
    if [ "$(uname -m)" = x86_64 ]; then
        loose="-O3 -march=x86-64-v3 -ffp-contract=fast -ffast-math"
        level $compiler-loose $compiler "$loose"
        [ "$(fused build/hill/$compiler-loose/$object)" -eq 0 ] || { echo "$compiler: fused operations"; bad=1; }
        # That they can be seen at all: the same, but the Makefile's flags.
        $compiler $loose -std=c17 -I. -c ${object%.o}.c -o "$work/loose.o" || bad=1
        [ "$(fused "$work/loose.o")" -gt 0 ] || { echo "$compiler: no fused operations can be seen"; bad=1; }
        ! grep -q '^flags.* avx2 .* fma\|^flags.* fma .* avx2' /proc/cpuinfo || same "$compiler $loose" "$work/$compiler-loose"
    fi
done

# What the replay must see. A table of nine samples, one change each.
mkdir "$work/native" "$work/other" "$work/portable"
: >"$work/portable/empty.csv"
head -n 11 $cases/native/01-steady-flat.csv >"$work/native/good.csv"
change() { sed "$2" "$work/native/good.csv" >"$work/native/$1.csv"; }
change count 's/^5,\(.*\),32767,5,72,/5,\1,32767,6,72,/'
change interval 's/^5,\(.*\),5,72,Warmup,/5,\1,5,73,Warmup,/'
change transition 's/^5,\(.*\),Warmup,/5,\1,ClimbingMove,/'
change accepted 's/,update,1,0.01,/,update,0,0.01,/'
change wave 's/^5,\(.*\),4,1,72$/5,\1,4,2,72/'
change far 's/,-0.14999999999999886,/,-0.14999999969999883,/'
change near 's/,-0.14999999999999886,/,-0.14999999999000000,/'
change confidence 's/,180193611784315.53,/,1,/'
change short 's/^3,.*/3,0.1/'
change word 's/^3,0.097[0-9]*,97/3,soon,97/'
change op 's/,update,/,guess,/'
cp "$work/native/good.csv" "$work/other/good.csv"
printf '{ "near": { "WavePeriod": "0x4", "Bias": 15, "GainExponent": -1 }, "far": { "Wave": 4 }, "good": {"WavePeriod":1} }' >"$work/knobs"
want 0 "10 rows, 0 decisions differ, largest relative error 0, 0 of" $replay "$work/native/good.csv"
for wrong in count interval transition accepted wave; do
    cmp -s "$work/native/good.csv" "$work/native/$wrong.csv" && { echo "$wrong changes nothing"; bad=1; }
    want 1 " rows, 1 decisions differ, " $replay "$work/native/$wrong.csv" "$work/native/good.csv"
    [ "$(grep -c good.csv "$work/out")" -eq 0 ] || { echo "$wrong: it goes on after the first"; bad=1; }
done
want 1 "step 5 decides 6, 72 ms, Warmup, taken; here it is 5, 72 ms, Warmup, taken" $replay "$work/native/count.csv"
want 1 "step 8: ratio_re is -0.14999999999999886, not -0.14999999969999883" $replay "$work/native/far.csv"
want 0 "1 of " $replay "$work/native/near.csv"
want 0 "0 of " $replay "$work/native/confidence.csv"
want 65 "row 5 has not the 23 cells of a table" $replay "$work/native/short.csv"
want 65 "step 3 lacks an input" $replay "$work/native/word.csv"
want 65 "nobody knows the op guess" $replay "$work/native/op.csv"
want 65 "no flavour is called like its folder" $replay "$work/other/good.csv"
want 65 "it cannot be read" $replay "$work/native/none.csv"
want 65 "does not name the columns" $replay "$work/portable/empty.csv"
cp "$work/knobs" "$work/native/knobs.json"
want 0 "1 of " $replay "$work/native/near.csv"
want 65 "a knob or a number that there is not" $replay "$work/native/far.csv"
want 65 "a knob or a number that there is not" $replay "$work/native/good.csv"
want 2 "usage: " $replay
# The pictures of the page are what a replay draws.
pictures=$(sed -n 's/^```picture //p' docs/hill-climbing.md)
[ -n "$pictures" ] || { echo "docs/hill-climbing.md has no pictures"; bad=1; }
for picture in $pictures; do
    tools/hill-climbing $replay $cases/$picture.csv >"$work/drawn"
    awk -v name="$picture" '/^```/ { inside = $0 == "```picture " name; next } inside' docs/hill-climbing.md |
        diff - "$work/drawn" || { echo "docs/hill-climbing.md draws $picture otherwise"; bad=1; }
done
echo "$ways builds, $(wc -c <"$work/reference") bytes each"
exit $bad
