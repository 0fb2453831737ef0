#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A run of more than a second says on a terminal how far it is, and wipes it away; elsewhere it says nothing.

What is on stdout is the same in both cases.
"""
import os
import pty
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SCENARIO = os.path.join(ROOT, "bench/scenarios/customers.json")


def on_terminal(customers):
    """(stdout, what the terminal saw)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.argv[1], "run", "--set", f"customers={customers}", SCENARIO], stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    out = process.stdout.read()
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # the other end is closed
        pass
    process.wait()
    return out, seen


def main():
    customers = 2000000
    while True:
        out, seen = on_terminal(customers)
        if b"of virtual time" in seen or customers > 64000000:
            break
        customers *= 2
    silent = subprocess.run(
        [sys.argv[1], "run", "--set", f"customers={customers}", SCENARIO], capture_output=True, check=False
    )
    short, nothing = on_terminal(10)
    print(repr(seen[:60]), repr(nothing[:60]))
    bad = []
    if b"ms of virtual time, " not in seen or not seen.endswith(b"\r\x1b[K"):
        bad.append("a long run on a terminal does not say how far it is, or leaves it there")
    if silent.stderr or silent.stdout != out:
        bad.append("without a terminal stderr is not empty, or stdout differs")
    if b"virtual" in nothing or b"exited" not in short:
        bad.append("a short run says how far it is")
    print("\n".join(bad))
    sys.exit(1 if bad else 0)


main()
