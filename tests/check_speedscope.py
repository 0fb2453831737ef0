# SPDX-License-Identifier: Apache-2.0
"""speedscope imports the trace events without a warning, and has then each callback that took time, from the nanosecond
to the nanosecond that the records say. What took none it reads and does not keep."""
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile

from views import callbacks_of, complain, finish, names_of, records_of, run

SCENARIOS = sorted(glob.glob("scenarios/[cdelop]*/*.json"))
PEERS = os.path.abspath("build/peers")
if not os.path.isdir(os.path.join(PEERS, "node_modules", "speedscope")):
    print("speedscope is not there; make peers installs it")
    sys.exit(77)


def slices_of(profile, frames):
    """By name: when its slices begin and end, in nanoseconds from the first of the thread."""
    begins, ends = collections.defaultdict(list), collections.defaultdict(list)
    for event in profile["events"]:
        (begins if event["type"] == "O" else ends)[frames[event["frame"]]["name"]].append(round(event["at"] * 1000))
    return begins, ends


def check(name, records, imported):
    called, counted, names = {}, 0, names_of(records)
    for profile in imported.get("profiles", []):
        called.setdefault(profile["name"].split(", ", 1)[1].rsplit(" (", 2)[0], profile)
    begun = collections.defaultdict(list)
    for record in records:
        if record["kind"] == "callback-begin":
            begun[record["thread"]].append(record)
    for thread, callbacks in begun.items():
        want = sorted((from_, to, str(op)) for op, from_, to in callbacks_of([r for r in records if r.get("thread") in (thread, None)] +
                                                                         [records[-1]], names) if op is not None and to > from_)
        if thread not in called:
            complain(name, thread, "is not imported")
            continue
        begins, ends = slices_of(called[thread], imported["shared"]["frames"])
        got = []
        for words in begins:
            if '"why"' in words and ('{"op"' in words or '{"record"' in words):
                arguments = json.loads(words[max(words.rfind('{"op"'), words.rfind('{"record"')):])
                op = arguments.get("op", f"@{arguments.get('record')}")
                got += [(begin, end, str(op)) for begin, end in zip(begins[words], ends[words])]
        # Each thread's first slice is its nought.
        shift = want[0][0] - min(got)[0] if got and want else 0
        got = sorted((begin + shift, end + shift, op) for begin, end, op in got)
        if got != want:
            complain(name, thread, "has the callbacks", got[:5], "and not", want[:5])
        counted += len(want)
    return counted


callbacks = 0
with tempfile.TemporaryDirectory() as folder:
    files = []
    for scenario in SCENARIOS:
        files.append(os.path.join(folder, f"{len(files)}.json"))
        run("render", scenario, "--as", "chrome", "-o", files[-1])
    imported = subprocess.run(["node", "tests/peers/speedscope.mjs", PEERS, *files], capture_output=True)
    if imported.returncode != 0:
        complain(imported.stderr.decode()[:1500])
    lines = imported.stdout.decode().rstrip("\n").split("\n")
    for scenario, line in zip(SCENARIOS, lines, strict=True):
        callbacks += check(os.path.basename(scenario), records_of(scenario), json.loads(line))
if callbacks < 60:
    complain("only", callbacks, "callbacks")
finish(f"{len(SCENARIOS)} files, {callbacks} callbacks")
