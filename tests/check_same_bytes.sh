#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_same_bytes.sh SANITIZED [soak]: every variant of every scenario gives the same trace, byte for byte, from both
# compilers at every level, from sanitized builds, in any locale, time zone, environment, folder, and address layout.
# (A second run in one process, and other observers, are test_same_bytes.c's.)
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
count=0
jobs=$(nproc 2>/dev/null || echo 2)

# traces COMMAND...: all traces of all scenarios, each behind the other, by this program or wrapped program. Claims
# over replications or the like are nobody's business here: only the bytes are.
traces() {
    "$@" run --quiet --all --trace - "$root"/scenarios/*/*.json </dev/null
}

# same NAME COMMAND...: compares with the reference.
same() {
    name=$1
    shift
    count=$((count + 1))
    traces "$@" >"$work/is" 2>"$work/err" || { echo "$name: status $?"; head -n 5 "$work/err"; bad=1; }
    if ! cmp -s "$work/reference" "$work/is"; then
        bad=1
        line=$(cmp "$work/reference" "$work/is" 2>&1 | sed -n 's/.*line \([0-9]*\)$/\1/p')
        echo "$name: another trace; line $line of all is"
        sed -n "${line:-1}p" "$work/is"
        echo "and was of the reference"
        sed -n "${line:-1}p" "$work/reference"
    fi
}

# built NAME CC FLAGS: a program built so.
built() {
    make -s -j"$jobs" BUILD="build/$1" CC="$2" CFLAGS="$3" all >"$work/log" 2>&1 || { cat "$work/log"; bad=1; }
}
built same-gcc-O0 gcc -O0
built same-clang-O3 clang -O3
levels="same-gcc-O0 same-clang-O3"
if [ "${2-}" = soak ]; then
    built same-gcc-O3 gcc "-O3 -march=native"
    built same-clang-O0 clang -O0
    levels="$levels same-gcc-O3 same-clang-O0"
fi
program=$root/build/gcc/iocpsim
traces "$program" >"$work/reference" || { echo "there is no reference"; exit 1; }
[ "$(grep -c '^{"trace":1,' "$work/reference")" -gt 30 ] || { echo "there are too few traces"; bad=1; }
same "gcc -O2, again" "$program"
for build in clang gcc-sanitized clang-sanitized $levels; do
    same "$build" "$root/build/$build/iocpsim"
done
# A locale is compiled for the test where its source is there: the decimal comma, the i without a dot.
for locale in de_DE tr_TR; do
    localedef -i $locale -f UTF-8 "$work/$locale.UTF-8" 2>/dev/null
    same "LC_ALL=$locale.UTF-8" env LOCPATH="$work" LC_ALL=$locale.UTF-8 LANG=$locale.UTF-8 "$program"
done
same "LC_ALL=C" env LC_ALL=C "$program"
same "TZ=Pacific/Kiritimati" env TZ=Pacific/Kiritimati "$program"
same "no environment" env -i "$program"
same "NO_COLOR, a narrow terminal" env NO_COLOR=1 COLUMNS=20 TERM=dumb "$program"
for perturb in 1 165 255; do
    same "MALLOC_PERTURB_=$perturb" env MALLOC_PERTURB_=$perturb MALLOC_ARENA_MAX=1 "$program"
done
same "a large environment, which moves the stack" env LARGE="$(head -c 60000 /dev/zero | tr '\0' x)" "$program"
for run in 1 2 3; do
    same "another address layout, $run" "$program"
done
if setarch -R true 2>/dev/null; then
    same "no random addresses" setarch -R "$program"
fi
cd / || exit 1
same "another folder" "$program"
cd "$work" || exit 1
same "through a link" sh -c 'ln -sf "$0" other; exec ./other "$@"' "$program"
echo "$count ways, $(wc -c <"$work/reference") bytes each"
exit $bad
