# SPDX-License-Identifier: Apache-2.0
# What the checks of the command line share: a folder of their own in $work, and `want`, which sets $bad.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# want STATUS TEXT COMMAND...: the status, and a text in what is printed (stdout and stderr together).
want() {
    status=$1
    text=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [ "$got" -ne "$status" ] || { [ -n "$text" ] && ! cat "$work/out" "$work/err" | grep -qaF -- "$text"; }; then
        echo "wanted status $status and '$text' of: $*"
        echo "got $got:"
        head -n 12 "$work/out" "$work/err"
        bad=1
    fi
}
