# SPDX-License-Identifier: Apache-2.0
"""mermaid itself parses the sequence diagrams, also with names that its grammar could take for its own."""
import json
import os
import subprocess
import sys
import tempfile

from views import SCENARIOS, complain, finish, run

PEERS = os.path.abspath("build/peers")
NAMES = ["end", "a;b", "a#b", "#59;", "a:b", "->>", "loop", "alt x", "<b>", 'a"b', "a{b}", "%% x", "participant x", "a\nb", "as", "x" * 300,
         "Note over thread0: x", "\u202eabc", "e\u0301", "@{", "1", "a-b", "(a)", "[a]", "a\\b", "&amp;", "END", "bend", "autonumber", "+x", "-x"]
if not os.path.isdir(os.path.join(PEERS, "node_modules", "mermaid")):
    print("mermaid is not there; make peers installs it")
    sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    files = []

    def keep(diagram):
        files.append(os.path.join(folder, f"{len(files)}.mmd"))
        with open(files[-1], "wb") as out:
            out.write(diagram)

    for scenario in SCENARIOS:
        keep(run("render", scenario, "--as", "mermaid"))
    trace = run("run", "--quiet", "--trace", "-", "scenarios/ports/two-at-once-five-threads.json").decode()
    for name in NAMES:
        renamed = os.path.join(folder, "renamed.jsonl")
        with open(renamed, "w", encoding="utf-8") as out:
            written = json.dumps(name, ensure_ascii=False)
            out.write(trace.replace('"T5"', written).replace('"P"', written).replace('"p1"', written).replace('"handle"', written))
        keep(run("render", renamed, "--as", "mermaid"))
    parsed = subprocess.run(["node", "tests/peers/mermaid.mjs", PEERS, *files], capture_output=True)
    if parsed.returncode != 0:
        complain(parsed.stdout.decode()[-1500:], parsed.stderr.decode()[-500:])
finish(f"{len(files)} diagrams")
