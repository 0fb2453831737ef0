#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message and hint of the loader is shown by a bad scenario of the fixtures, or by one that is made here.

The messages are read from the sources: string literals with a space in the calls that add mistakes. A new message
without a fixture fails. Those of EXCEPT cannot be shown by a file of reasonable size.
"""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PROGRAM = os.path.abspath(sys.argv[1])
CALLS = re.compile(r"\b(stop|diagnostics_add|\w*mistake\w*|\w*refuse\w*|loader_unknown_parameter|snprintf)\s*\(")
EXCEPT = {
    "this text is read in two ways": "a guard: the strict scan and cJSON agree on every file that is known",
    "a scenario has at most 1 GiB": "needs a file of that size",
    "an expression has at most %u bytes": "a string of a file is shorter; test_expression asks it",
    "out of memory": "an environment error, tested by failing allocations",
}


def arguments(text, start):
    """The text of a call's arguments, from behind the opening parenthesis."""
    depth, quoted, at = 1, False, start
    while depth and at < len(text):
        if quoted:
            at += text[at] == "\\"
            quoted = text[at] != '"' or text[at - 1] == "\\"
        elif text[at] == '"':
            quoted = True
        else:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return text[start : at - 1]


def messages():
    """(file, line, literal) of each message and hint."""
    for path in sorted(glob.glob(os.path.join(ROOT, "scenarios/load/*.c"))):
        text = open(path, encoding="utf-8").read()
        text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
        for call in CALLS.finditer(text):
            body = arguments(text, call.end())
            if call.group(1) == "snprintf" and not re.match(r"\s*(message|hint|error)", body):
                continue
            body = re.sub(r'"\s*\n\s*"', "", body)
            for literal in re.findall(r'"((?:[^"\\]|\\.)*)"', body):
                if " " in literal.strip():
                    yield os.path.basename(path), text.count("\n", 0, call.start()) + 1, literal


def made():
    """What the program answers to scenarios that are too large to be kept."""
    main = {"main": [{"log": "x"}]}
    nested = "n == n" + " + (n" * 63 + ")" * 63
    for scenario in (
        {"format": 1, "title": "x" * 65537, "procedures": main},
        {"format": 1, "variables": {"n": 0}, "procedures": {"main": [{"assert": nested}]}},
        {"format": 1, "events": {"a": {"count": 67108863}, "b": {"count": 67108863}, "c": {"count": 67108863}},
         "procedures": main},
    ):
        ran = subprocess.run([PROGRAM, "check", "-"], input=json.dumps(scenario), capture_output=True, text=True, check=False)
        assert ran.returncode == 65, (ran.returncode, ran.stderr[:300])
        yield ran.stderr


def main():
    shown = [open(path, encoding="utf-8", errors="replace").read()
             for path in glob.glob(os.path.join(ROOT, "tests/fixtures/bad/*.err"))]
    shown = "\n".join(shown + list(made()))
    count = missing = 0
    for file, line, literal in messages():
        text = literal.replace('\\"', '"').replace("\\\\", "\\")
        pattern = "".join(".*" if part.startswith("%") else re.escape(part.replace("%%", "%"))
                          for part in re.split(r"(%[-.*0-9]*[a-z]+)", text))
        count += 1
        if text not in EXCEPT and not re.search(pattern, shown):
            missing += 1
            print(f"{file}:{line}: no fixture shows: {literal}")
    print(f"{count} messages and hints, {missing} without a fixture")
    assert count > 150, "the messages were not found"
    return missing > 0


sys.exit(main())
