#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/trace-format.md is true: its example is what the program writes, and a reader written from that page
alone turns the binary trace of every scenario into the JSON Lines that the program writes."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

EXACT = 1 << 53
SAME = {"t": 1, "step_n": 2, "thread": 4, "frame": 8, "object": 16, "op": 32, "procedure": 64, "step": 128}


class Run:
    """One run of a binary trace, as lines of JSON."""

    def __init__(self, data, at):
        self.data, self.at = data, at
        assert data[at:at + 8] == bytes.fromhex("89696f63700d0a1a"), "no run begins here"
        self.at += 8
        self.strings, self.shapes, self.last, self.counts = [], [], {"n": 0, "t": 0, "step_n": 0}, {}
        assert self.varint() == 1, "another version"
        head = {"trace": 1, "title": self.value(), "seed": self.varint(), "variant": self.value()}
        head["parameters"] = {self.text(): self.value() for _ in range(self.varint())}
        self.lines = [write(head)]
        while self.item():
            pass

    def varint(self):
        number = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def signed(self):
        number = self.varint()
        return -(number + 1) // 2 if number & 1 else number // 2

    def bytes_of(self, length):
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def text(self):
        return self.bytes_of(self.varint())

    def short_text(self):
        number = self.varint()
        return self.bytes_of(number >> 1) if number & 1 else self.strings[number >> 1]

    def value(self, text=None):
        form = self.varint()
        return [lambda: None, lambda: False, lambda: True, self.signed, text or self.text][form]()

    def item(self):
        item = self.varint()
        if item == 0:
            assert self.varint() == len(self.lines) - 1, "another number of records"
            return False
        if item == 1:
            self.strings.append(self.text())
        elif item == 2:
            kind = self.strings[self.varint()]
            fields = []
            for _ in range(self.varint()):
                name, form = self.strings[self.varint()], self.varint()
                fields.append((name, form, self.strings[self.varint()] if form == 0 else None))
            self.shapes.append((kind, fields))
        elif item == 3:
            self.last["n"] += self.varint()
        else:
            self.record(*self.shapes[item - 4])
        return True

    def record(self, kind, fields):
        same = self.varint_byte()
        n = self.last["n"] = self.last["n"] + 1
        for name in ("t", "step_n"):
            self.last[name] += 0 if same & SAME[name] else self.varint()
        record = {"n": n, "t": self.last["t"], "step_n": self.last["step_n"], "kind": kind}
        for name, form, word in fields:
            if same & SAME.get(name, 0):
                record[name] = self.last[name]
                continue
            counts = self.counts.setdefault(record.get("object"), {})
            record[name] = [lambda: word, lambda: False, lambda: True, lambda: counts.get(name, 0), self.varint,
                            lambda: self.last.get(name, 0) + self.signed(), lambda: n - self.varint(),
                            lambda: self.strings[self.varint()],
                            lambda: [self.strings[self.varint()] for _ in range(self.varint())], self.short_text,
                            lambda: self.value(self.short_text)][form]()
            self.last[name] = counts[name] = record[name]
        self.lines.append(write(record))

    def varint_byte(self):
        self.at += 1
        return self.data[self.at - 1]


def write(record):
    def exact(value):
        if isinstance(value, dict):
            return {key: exact(inner) for key, inner in value.items()}
        return str(value) if type(value) is int and abs(value) > EXACT else value
    return json.dumps(exact(record), ensure_ascii=False, separators=(",", ":")) + "\n"


def read(data):
    at, lines = 0, []
    while at < len(data):
        run = Run(data, at)
        lines, at = lines + run.lines, run.at
    return "".join(lines)


def traces(program, scenario, folder, *options):
    made = []
    for name in ("t.jsonl", "t.trace"):
        path = os.path.join(folder, name)
        done = subprocess.run([program, "run", "--quiet", *options, "--trace", path, scenario], capture_output=True)
        assert done.returncode in (0, 1), (scenario, done.stderr)
        made.append(open(path, "rb").read())
    return made


def main():
    program = os.path.abspath(sys.argv[1])
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    page = open("docs/trace-format.md").read()
    blocks = re.findall(r"```(json|jsonl|)\n(.*?)```", page, re.S)
    wanted = {form: text for form, text in blocks}
    dump = "".join(re.match(r"(?:[0-9a-f]{2} ?)+(?=  |$|\n)", line).group(0) for line in wanted[""].splitlines())
    with tempfile.TemporaryDirectory() as folder:
        scenario = os.path.join(folder, "tiny.json")
        open(scenario, "w").write(wanted["json"])
        lines, binary = traces(program, scenario, folder)
        assert lines.decode() == wanted["jsonl"], "the page's lines are not what the program writes"
        assert binary == bytes.fromhex(dump), "the page's bytes are not what the program writes"
        assert f"these {len(binary)} bytes" in page
        records = 0
        for scenario in sorted(glob.glob("scenarios/*/*.json")):
            lines, binary = traces(program, scenario, folder, "--all")
            assert read(binary) == lines.decode(), scenario
            records += lines.count(b"\n")
    print(f"{records} lines read by the page alone")
    return 0


sys.exit(main())
