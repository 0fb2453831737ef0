# SPDX-License-Identifier: Apache-2.0
"""Runs what the tutorial and the README show, and compares what comes out."""
import os
import re
import subprocess
import sys
import tempfile

program = os.path.abspath(sys.argv[1])
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
wrong = commands = 0
for page in ("docs/tutorial.md", "README.md"):
    text = open(os.path.join(root, page), encoding="utf-8").read()
    with tempfile.TemporaryDirectory() as folder:
        for language, name, body in re.findall(r"```(json|console) ?(\S*)\n(.*?)```", text, re.S):
            if language == "json":
                if name:
                    open(os.path.join(folder, name), "w", encoding="utf-8").write(body)
                continue
            command, _, expected = body.partition("\n")
            if not command.startswith("$ "):
                continue
            commands += 1
            words = command[2:].replace("iocpsim", program, 1)
            where = folder if page.startswith("docs") else root
            run = subprocess.run(words, shell=True, cwd=where, capture_output=True, text=True,
                                 env={**os.environ, "COLUMNS": "80"})
            got = run.stdout + run.stderr
            if got.strip() != expected.strip():
                wrong += 1
                print(f"{page}: {command}\n--- shown\n{expected}--- is\n{got}")
print(f"{commands} commands, {wrong} differ")
sys.exit(1 if wrong or commands < 5 else 0)
