#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mutants.py [check | NUMBER ...]: breaks the rules of tests/mutants.tsv one at a time, and sees them caught.

Each line of the table is one change: the file, the text that stands there exactly once, what replaces it, the words
by which a failure must name the rule, and what the change does. (\\n in a text is the end of a line: some texts are
told apart only by the line beside them.) The tree is copied to build/mutants and built there once, plainly; then each
change is made alone, built, judged by every shipped scenario and, where these do not name the rule, by the test
programs. A mutant counts as caught only when a failing claim, or the name of a failing test, contains the words of
its rule: a reader of the message must learn what broke. `check` looks only whether every text stands there once.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutants"
FOLDERS = ["cli", "include", "lib", "model", "scenarios", "sim", "tests", "traces"]
SECONDS_OF_A_RUN = 20
FEWEST_MUTANTS = 30


class Mutant:
    def __init__(self, line, text):
        self.line = line
        fields = text.split("\t")
        if len(fields) != 5 or not all(fields[i] for i in (0, 1, 3, 4)):
            raise SystemExit(f"tests/mutants.tsv:{line}: five columns are wanted: file, from, to, rule, what it does")
        self.file, self.old, self.new = fields[0], fields[1].replace("\\n", "\n"), fields[2].replace("\\n", "\n")
        self.rule, self.what = fields[3], fields[4]

    def times(self):
        path = ROOT / self.file
        return path.read_text().count(self.old) if path.is_file() else 0


def read_table():
    lines = (ROOT / "tests" / "mutants.tsv").read_text().splitlines()
    return [Mutant(number, text) for number, text in enumerate(lines, 1) if text and not text.startswith("#")]


def check(mutants):
    """Every text stands in its file exactly once, and there are enough of them."""
    bad = 0
    for mutant in mutants:
        times = mutant.times()
        if times != 1 or mutant.old == mutant.new:
            print(f"tests/mutants.tsv:{mutant.line}: {times} times in {mutant.file}: {mutant.old!r}")
            bad += 1
    if len(mutants) < FEWEST_MUTANTS:
        print(f"tests/mutants.tsv: {len(mutants)} mutants, fewer than {FEWEST_MUTANTS}")
        bad += 1
    return bad


def copy_tree():
    """Brings build/mutants up to the tree; what is the same keeps its time, so that little is built anew."""
    wanted = {pathlib.Path("Makefile")}
    for folder in FOLDERS:
        wanted |= {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
    for path in [path for path in COPY.rglob("*") if path.is_file()]:
        inner = path.relative_to(COPY)
        if inner.parts[0] != "build" and inner not in wanted:
            path.unlink()
    for path in wanted:
        target = COPY / path
        if not target.is_file() or target.read_bytes() != (ROOT / path).read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target)


def build(*targets):
    command = ["make", "-s", f"-j{os.cpu_count()}", "CFLAGS=-O1", "EXTRA_CFLAGS=-w", *targets]
    made = subprocess.run(command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if made.returncode == 0 else made.stdout


def run(*command):
    """What a command says and whether it succeeds; one that does not end has failed."""
    try:
        done = subprocess.run(command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=SECONDS_OF_A_RUN)
        return done.returncode == 0, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return False, (late.stdout or b"").decode(errors="replace") + "it does not end"


def judge_scenario(path):
    """The messages of a scenario that fails, or None."""
    good, said = run("build/iocpsim", "test", path)
    if good:
        return None
    lines = [line.strip() for line in said.splitlines()]
    skipped = re.compile(r"TAP version|ok \d|1\.\.|# |---$|\.\.\.$|reproduce: ")
    return [line for line in lines if line and not skipped.match(line)]


def judge_program(path):
    """The names of the tests that fail in a test program, or None."""
    good, said = run(path)
    if good:
        return None
    return re.findall(r"\[  FAILED  \] ([a-z_0-9]+)", said) or [said.strip().splitlines()[-1] if said.strip() else "it dies"]


def judge(rule, pool):
    """Who catches the tree as it stands: pairs of (who, messages); those that name the rule first."""
    scenarios = sorted(str(path.relative_to(COPY)) for path in (COPY / "scenarios").glob("*/*.json"))
    caught = [(who, said) for who, said in zip(scenarios, pool.map(judge_scenario, scenarios)) if said is not None]
    if rule is None or not any(names(rule, said) for _, said in caught):
        wrong = build("test-programs")
        if wrong is not None:
            return [("the build", [wrong])]
        programs = sorted(str(path.relative_to(COPY)) for path in (COPY / "build/tests").glob("test_*") if not path.suffix)
        caught += [(os.path.basename(who), said) for who, said in zip(programs, pool.map(judge_program, programs))
                   if said is not None]
    return sorted(caught, key=lambda one: rule is None or not names(rule, one[1]))


def names(rule, said):
    """Whether a message names the rule: all of its words, IOCP-4 not in IOCP-40; a test's name is a message too."""
    return any(re.search(r"(?<![\w-])" + re.escape(rule) + r"(?![\w])", line.replace("_", " ")) or
               re.search(r"(?<![\w-])" + re.escape(rule) + r"(?![\w])", line) for line in said)


def try_mutant(mutant, pool):
    """Makes one change, judges it, takes it back. Returns whether it is caught, and what to say of it."""
    path = COPY / mutant.file
    right = path.read_text()
    path.write_text(right.replace(mutant.old, mutant.new))
    try:
        wrong = build("all")
        if wrong is not None:
            return False, ["does not compile", *wrong.splitlines()]
        caught = judge(mutant.rule, pool)
    finally:
        path.write_text(right)
    if not caught:
        return False, ["SURVIVES: no scenario and no test sees it"]
    named = [(who, said) for who, said in caught if names(mutant.rule, said)]
    if not named:
        return False, [f"caught, but no message names {mutant.rule}:"] + [f"{who}: {line}" for who, said in caught
                                                                          for line in said[:4]]
    who, said = named[0]
    line = next(line for line in said if names(mutant.rule, [line]))
    others = len(caught) - 1
    return True, [f"caught by {who}" + (f" and {others} more" if others else ""), line]


def main():
    mutants = read_table()
    bad = check(mutants)
    if bad or sys.argv[1:] == ["check"]:
        print(f"{len(mutants)} mutants" if bad == 0 else "the table and the tree do not fit")
        return 1 if bad else 0
    if sys.argv[1:]:
        mutants = [mutant for mutant in mutants if str(mutant.line) in sys.argv[1:]]
    began = time.monotonic()
    COPY.mkdir(parents=True, exist_ok=True)
    copy_tree()
    wrong = build("all", "test-programs")
    if wrong is not None:
        print(f"the tree does not build:\n{wrong}")
        return 1
    caught = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failing = judge(None, pool)
        if failing:
            print("without any change there fails already:", *[f"{who}: {said}" for who, said in failing], sep="\n  ")
            return 1
        for mutant in mutants:
            good, said = try_mutant(mutant, pool)
            caught += good
            print(f"{'ok     ' if good else 'FAILED '} {mutant.file}: {mutant.what} ({mutant.rule}, line {mutant.line})")
            print("        " + "\n        ".join(said), flush=True)
    print(f"{caught} of {len(mutants)} mutants caught and their rules named, in {time.monotonic() - began:.0f} s")
    return 0 if caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
