#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger tells the truth about itself.

Every file and test that docs/faithfulness.md names exists; a scenario that is named for a fact or a case names it
too, so that a reader finds the way in both directions; each fact and case of the lists below has a row; and every
constant that a row calls a parameter is one that `help presets` or `help steps` knows.
usage: check_faithfulness.py PROGRAM [ignored]
"""
import os
import re
import subprocess
import sys

# The facts and cases that there are; the numbering has gaps.
WANTED = {
    "IOCP": "1..19 20..25 30..52 60..75 80 81 82 83 83a 84..105 110..121 130..134 140..145 150 151",
    "C": "1..4 6..11 13 14 16..24 26..31 33 34 36..39 41 43 44 46..48 50 52..55 57 59..61 63 64 66 68..71 73 74 76 78 79 "
         "81 82",
    "HC": "1..22",
    "CLR": "2..14 16 17 20..30 40..47 50..52 52b 53..56 60..66 70..76 80..85 90 91 91b 92..95 100..104",
    "KQ": "1..3 5 7 9 11..13 15 16 18 19 21 22 24 26 27",
}
# Where a scenario lies that a row names without its folder.
SHELVES = ["scenarios/ports", "scenarios/processors", "scenarios/pools", "scenarios/clr"]
# What may stand for evidence that is no file.
WORDS = r"parameter|not modelled|not in this version|advice|a `post` says the same"


def expand(words):
    """The numbers of "1..3 5", as strings."""
    numbers = set()
    for word in words.split():
        first, _, last = word.partition("..")
        numbers |= {str(n) for n in range(int(first), int(last) + 1)} if last else {word}
    return numbers


def named(text, kind):
    """The numbers that a text names: "IOCP-1, 3..5 and 7"."""
    numbers = set()
    pattern = r"(?<![A-Za-z-])%s-(0*\d+[ab]?)((?:\s*(?:,|and|\.\.|to)\s*(?:%s-)?\d+[ab]?(?![\d-]))*)" % (kind, kind)
    for match in re.finditer(pattern, text):
        last = match.group(1).lstrip("0")
        numbers.add(last)
        for link, number in re.findall(r"(,|and|\.\.|to)\s*(?:%s-)?0*(\d+[ab]?)" % kind, match.group(2)):
            if link in ("..", "to"):
                numbers |= {str(n) for n in range(int(last), int(number) + 1)}
            numbers.add(number)
            last = number
    return numbers


def file_of(name, rest):
    """The path of a name in the ledger: a scenario without a folder lies on one of four shelves, or where the name
    before it said: "scenarios/operations/: a.json, b.json"."""
    shelves = [match.rstrip("/") for match in re.findall(r"[\w/-]+/(?=:)", rest)] + SHELVES
    candidates = [name] if "/" in name else [shelf + "/" + name for shelf in shelves]
    for path in candidates:
        if os.path.exists(path):
            return path
    return None


def main():
    program = sys.argv[1]
    mistakes = []
    found = {kind: set() for kind in WANTED}
    known = ""
    for topic in ("presets", "steps"):
        known += subprocess.run([program, "help", topic], capture_output=True, text=True, check=True).stdout
    with open("docs/faithfulness.md", encoding="utf-8") as ledger:
        rows = [line for line in ledger if re.match(r"\| (?:IOCP|CLR|C|KQ|W|L|HC)-?\d", line)]
    for row in rows:
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        evidence = cells[-1]
        for name in re.findall(r"[\w/.-]+\.(?:json|c|h|md|py|sh)\b|tests/[\w/]+/", evidence):
            path = file_of(name, evidence)
            if path is None:
                mistakes.append("%s: there is no %s" % (cells[0], name))
            elif path.startswith("scenarios/"):
                with open(path, encoding="utf-8") as scenario:
                    text = scenario.read()
                for kind in WANTED:
                    for number in sorted(named(cells[0], kind) - named(text, kind)):
                        mistakes.append("%s does not say that it shows %s-%s" % (path, kind, number))
        for path, test in re.findall(r"(tests/\w+\.c): (\w+_\w+)", evidence):
            with open(path, encoding="utf-8") as source:
                if test not in source.read():
                    mistakes.append("%s has no test %s" % (path, test))
        for words in re.findall(r"parameters? ((?:[a-z]+_[a-z_]+(?:, | and )?)+)", row):
            for constant in re.findall(r"[a-z]+_[a-z_]+", words):
                if constant not in known:
                    mistakes.append("%s: help knows no constant %s" % (cells[0], constant))
        if not re.search(r"\.(?:json|c|h|md|py|sh)\b|tests/|" + WORDS, row):
            mistakes.append("%s has no evidence" % cells[0])
        for kind in WANTED:
            found[kind] |= named(cells[0], kind)
    for kind, words in WANTED.items():
        for number in sorted(expand(words) - found[kind], key=lambda n: int(n.rstrip("a"))):
            mistakes.append("%s-%s has no row" % (kind, number))
        for number in sorted(found[kind] - expand(words)):
            mistakes.append("there is no %s-%s" % (kind, number))
    for mistake in mistakes:
        print(mistake)
    print("%d rows, %d mistakes" % (len(rows), len(mistakes)))
    return 1 if mistakes else 0


sys.exit(main())
