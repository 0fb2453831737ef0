# SPDX-License-Identifier: Apache-2.0
"""What the checks of views share: scenarios, their records, and the checks' own fold over them."""
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
os.chdir(ROOT)
PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "build/iocpsim"
SCENARIOS = ["scenarios/" + name for name in (
    "seed/io-completion-ports.json", "ports/two-at-once-five-threads.json", "ports/batches.json", "ports/closing-wakes-waiters.json",
    "ports/the-poster-owns-a-slot.json", "devices/who-is-served-next.json", "devices/faults.json", "lessons/bounded-buffer.json",
    "lessons/waiting-in-circles.json", "lessons/two-locks.json", "operations/a-conversation.json", "operations/cancelling.json",
    "operations/routines.json", "operations/skip-on-success.json", "processors/quantum-of-windows.json",
    "processors/which-processor.json", "pools/bound-handles.json", "pools/workers-that-block.json",
    "dotnet/n1.json", "clr/answers-within-the-call.json", "clr/timers-late-under-starvation.json")]
wrong = []


def complain(*what):
    wrong.append(what)
    print(*what)


def run(*arguments):
    result = subprocess.run([PROGRAM, *arguments], capture_output=True)
    if result.returncode != 0:
        complain(arguments, "has status", result.returncode, result.stderr.decode()[-300:])
    return result.stdout


def records_of(scenario):
    """The records of a run, as its trace has them."""
    lines = run("run", "--quiet", "--trace", "-", scenario).decode().rstrip("\n").split("\n")
    return [json.loads(line) for line in lines[1:]]


def names_of(records):
    """By the number of a record: the operation that it is about, or, of an item of a pool that is none, "@" with the number
    of the record that queued it: a work-take is caused by that, a callback-begin by the work-take."""
    found = {}
    for record in records:
        name = record.get("op")
        if name is None and record["kind"] == "work-queue":
            name = f"@{record['n']}"
        elif name is None and record["kind"] in ("work-take", "callback-begin"):
            name = found.get(record.get("cause"))
        found[record["n"]] = name
    return found


def callbacks_of(records, names=None):
    """Each callback: (its name or None, begin, end); those that do not end, to the end of the run."""
    open_by_thread, found, names = {}, [], names or names_of(records)
    for record in records:
        stack = open_by_thread.setdefault(record.get("thread"), [])
        if record["kind"] == "callback-begin":
            callback = [names[record["n"]], record["t"], records[-1]["t"]]
            stack.append(callback)
            found.append(callback)
        elif record["kind"] == "callback-end" and stack:
            stack.pop()[2] = record["t"]
    return sorted(map(tuple, found), key=str)


def stays_of(records, begin, ends):
    """Each operation's first stay: (its name, from, to)."""
    began, found, names = {}, {}, names_of(records)
    for record in records:
        op = names[record["n"]]
        if record["kind"] in begin and op is not None and op not in began:
            began[op] = record["t"]
        elif record["kind"] in ends and op in began and op not in found:
            found[op] = record["t"]
    dropped = {record.get("op") for record in records if record["kind"] == "packet-drop"}
    return sorted(((op, t, found.get(op, t if op in dropped and "packet-queue" in begin else records[-1]["t"]))
                   for op, t in began.items()), key=str)


def finish(what):
    print(f"{what}, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)
