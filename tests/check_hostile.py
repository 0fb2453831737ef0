#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_hostile.py PROGRAM: a hostile environment (full disks, closed pipes, files that are none, interruptions) and
hostile names. Each failure of the environment gives a sentence and its status, and leaves no half-written file; each
name comes through every form as it was, and nothing that people are shown can steer a terminal."""
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PROGRAM = os.path.abspath(sys.argv[1])
SEED = "scenarios/seed/io-completion-ports.json"
work = tempfile.mkdtemp()
os.chmod(work, 0o755)
bad = []
counted = 0


def path(name):
    return os.path.join(work, name)


def complain(name, what):
    bad.append(f"{name}: {what}")


def run(*arguments, program=None, **options):
    options.setdefault("stdout", subprocess.PIPE)
    done = subprocess.run([program or PROGRAM, *arguments], stdin=options.pop("stdin", subprocess.DEVNULL),
                          stderr=subprocess.PIPE, timeout=60, **options)
    return done.returncode, done.stdout or b"", done.stderr


def want(name, status, sentence, *arguments, **options):
    global counted
    counted += 1
    got, _, said = run(*arguments, **options)
    if got != status:
        complain(name, f"status {got}, not {status}: {said[-300:]}")
    if sentence.encode() not in said or (sentence and not said.startswith(b"iocpsim: ")):
        complain(name, f"'{sentence}' is not said: {said[-300:]}")
    return said


# What writes to stdout, and enough of it for the C library to write before the end.
PRINTING = [["run", SEED], ["run", "--quiet", "--trace", "-", SEED], ["run", "--json", SEED], ["run", "--follow", SEED],
            ["check", SEED], ["check", "--json", "tests/fixtures/bad/many-mistakes.json"], ["test", SEED],
            ["test", "scenarios/ports"], ["render", SEED], ["render", SEED, "--as", "dot"], ["stats", SEED],
            ["stats", "--json", SEED], ["schema"], ["help"], ["help", "steps"], ["version"], ["run", "--help"]]


def full_disks_and_closed_pipes():
    if os.path.exists("/dev/full"):
        for arguments in PRINTING:
            with open("/dev/full", "wb") as full:
                want(f"{arguments} to a full disk", 74, "cannot write to stdout", *arguments,
                     stdout=full)
        want("a trace to a full disk", 74, "cannot write '/dev/full': No space left", "run", "--quiet", "--trace",
             "/dev/full", SEED)
        want("a picture to a full disk", 74, "cannot write '/dev/full': No space left", "render", SEED, "-o",
             "/dev/full")
    for arguments in PRINTING:
        reader, writer = os.pipe()
        os.close(reader)
        want(f"{arguments} to a closed pipe", 74, "cannot write to stdout", *arguments, stdout=writer)
        os.close(writer)
    want("stdout that is closed", 74, "cannot write to stdout", "run", SEED, preexec_fn=lambda: os.close(1))

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    for what, arguments in (("trace", ["run", "--quiet", "--trace"]), ("picture", ["render", SEED, "-o"])):
        out = path(f"limited.{what}.jsonl")
        tail = [SEED] if what == "trace" else []
        with open(out, "w", encoding="utf-8") as file:
            file.write("what was there before")
        want(f"a {what} that outgrows the largest file", 74, "File too large", *arguments, out, *tail, preexec_fn=small)
        if open(out, encoding="utf-8").read() != "what was there before":
            complain(what, "what was there before is lost")
    if [name for name in os.listdir(work) if not name.startswith("limited.")]:
        complain("a full disk", f"leaves {os.listdir(work)}")


def files_that_are_none():
    os.mkdir(path("folder"))
    os.symlink("loop", path("loop"))
    for command in (["run"], ["check"], ["render"], ["stats"]):
        want(f"{command} a missing file", 74, "No such file or directory", *command, path("none.json"))
        want(f"{command} a folder", 74, "it is a folder", *command, path("folder"))
        want(f"{command} behind a file", 74, "Not a directory", *command, SEED + "/none.json")
        want(f"{command} a circle of links", 74, "symbolic links", *command, path("loop"))
        want(f"{command} a file that fails", 74, "Input/output error", *command, "/proc/self/mem")
        want(f"{command} a name too long", 74, "File name too long", *command, path("n" * 300))
    want("test a missing file", 74, "No such file or directory", "test", path("none.json"))
    want("test a file that fails", 74, "Input/output error", "test", "/proc/self/mem")
    for option, command in (("--trace", ["run", "--quiet", SEED]), ("-o", ["render", SEED])):
        want(f"{option} a folder", 74, "it is a folder", *command, option, path("folder"))
        want(f"{option} into a missing folder", 74, "No such file or directory", *command, option, path("none/out"))
        want(f"{option} behind a file", 74, "Not a directory", *command, option, SEED + "/out")
        want(f"{option} a name too long", 74, "File name too long", *command, option, path("n" * 300))
        want(f"{option} a path too long", 74, "File name too long", *command, option, "/tmp" + "/a" * 3000)
    not_allowed()


def not_allowed():
    """What its user may not read or write; root may do all, so that another user tries."""
    program = path("iocpsim")
    shutil.copy(PROGRAM, program)
    os.chmod(program, 0o755)
    shutil.copy(SEED, path("secret.json"))
    shutil.copy(SEED, path("open.json"))
    os.chmod(path("secret.json"), 0)
    os.chmod(path("open.json"), 0o644)
    os.chmod(path("folder"), 0o555)

    def nobody():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)

    want("a file that may not be read", 74, "Permission denied", "run", path("secret.json"), program=program,
         preexec_fn=nobody)
    want("a folder that may not be written", 74, "Permission denied", "run", "--quiet", path("open.json"), "--trace",
         path("folder/t.jsonl"), program=program, preexec_fn=nobody)


def interruptions():
    """Ctrl-C in the middle of a long run, and its relatives: nothing half-written, and what was there stays."""
    endless = path("endless.json")
    with open(endless, "w", encoding="utf-8") as file:
        json.dump({"format": 1, "procedures": {"main": [{"forever": [{"sleep": "1ms"}]}]}}, file)
    folder = path("interrupted")
    os.mkdir(folder)
    out = os.path.join(folder, "t.jsonl")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        global counted
        counted += 1
        with open(out, "w", encoding="utf-8") as file:
            file.write("what was there before")
        running = subprocess.Popen([PROGRAM, "run", "--quiet", "--trace", out, endless], stderr=subprocess.PIPE)
        until = time.monotonic() + 20
        # It has begun to write when the file beside the final one has grown.
        while time.monotonic() < until and running.poll() is None:
            others = [name for name in os.listdir(folder) if name != "t.jsonl"]
            if others and os.path.getsize(os.path.join(folder, others[0])) > 100000:
                break
        running.send_signal(number)
        try:
            status = running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            status = "it does not stop"
        running.stderr.close()
        if status != 130:
            complain(f"{number!r}", f"status {status}, not 130")
        if os.listdir(folder) != ["t.jsonl"]:
            complain(f"{number!r}", f"leaves {os.listdir(folder)}")
        if open(out, encoding="utf-8").read() != "what was there before":
            complain(f"{number!r}", "what was there before is lost")


# A word of a person that a terminal, a shell, a page, a graph, C or the language itself could take for its own.
NAMES = ["a b", "<script>alert(1)</script>&amp;", "back\\slash \\n \\N \\\\", "%s%n%99999d", "$(id) | rm -rf ~ ; #",
         "1 + 1", "not true", "name.depth", "(x)", "a == b", "../../etc/passwd", "/", "//a", "~0~1", "-o", "--help", "*",
         "\u202egnp.exe", "\u2066isolated\u2069", "\u200fmark", "\u2028line", "zero\u200bwidth", "e\u0301", "\u00e9",
         "\U0001f980" * 25, "x" * 100, "port->q", "a:b", "<b>bold</b>", "/* c */", "a,b;c", "<TABLE>", "\ufeffbom"]
REFUSED = ["", "x" * 101, "\U0001f980" * 26, "a\nb", "a\tb", "\x1b[31m", "\x7f", "\u0085", "\u009b31m", "a'b", 'a"b',
           "a{b", "a}b", "a[0]", "a`b"]


def scenario_of(name):
    """The name stands for each noun in turn; in expressions it stands in quotes."""
    def called(noun):
        return (name + " " + noun)[-100:] if len((name + noun).encode()) < 100 else name

    thread, port, handle, device, event = called("t"), called("p"), called("h"), called("d"), called("e")
    names = {thread, port, handle, device, event}
    if len(names) < 5:  # a name of 100 bytes is one noun's only
        thread, port, handle, device, event = name, "p", "h", "d", "e"
    return {"format": 1, "title": name, "description": name, "devices": {device: {"latency": "1ms"}},
            "ports": {port: {}}, "events": {event: {}},
            "handles": {handle: {"device": device, "port": port, "size": "1B"}},
            "threads": {thread: {"runs": [{"log": name.replace("{", "{{").replace("}", "}}")}, {"set": event},
                                          {"log": f"{{'{event}'.signalled}}"},
                                          {"read": handle, "bytes": "1B", "callback": name}, {"get": port}, "dispatch"]}},
            "procedures": {name: [{"log": "called"}]},
            "expect": [{"callback": name, "thread": thread, "times": 1}, {"log": name, "thread": thread},
                       {"finally": f"'{event}'.signalled", "description": name}]}, thread, port


# What may not reach a terminal: controls but line feed and tab, and what turns text around.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def shown(name):
    return STEERING.sub("?", name)


def names_come_through():
    global counted
    file = path("named.json")
    for name in NAMES:
        counted += 1
        scenario, thread, port = scenario_of(name)
        with open(file, "w", encoding="utf-8") as out:
            json.dump(scenario, out, ensure_ascii=counted % 2 == 0)
        status, out, err = run("run", "--quiet", "--trace", "-", file)
        if status != 0:
            complain(repr(name), f"status {status}: {err[-300:]}")
            continue
        records = [json.loads(line) for line in out.decode().rstrip("\n").split("\n")]
        if records[0]["title"] != name:
            complain(repr(name), "the title of the trace is another")
        if thread not in {record.get("thread") for record in records}:
            complain(repr(name), "the trace has no such thread")
        if port not in {record.get("object") for record in records}:
            complain(repr(name), "the trace has no such port")
        if name not in [record["text"] for record in records if record.get("kind") == "log"]:
            complain(repr(name), "the trace says another line")
        if name not in {record.get("procedure") for record in records}:
            complain(repr(name), "the trace has no such procedure")
        with open(path("named.jsonl"), "wb") as trace:
            trace.write(out)
        binary = run("render", path("named.jsonl"), "--as", "trace", "-o", path("named.trace"))
        back = run("render", path("named.trace"), "--as", "jsonl")
        if binary[0] != 0 or back[1] != out:
            complain(repr(name), "it does not come back from the binary form")
        report = json.loads(run("run", "--json", file)[1])
        if {event["thread"] for event in report["events"]} != {thread}:
            complain(repr(name), "the report as JSON has another thread")
        json.loads(run("stats", "--json", file)[1])
        for arguments in (["run", file], ["run", "--follow", file], ["render", file], ["stats", file], ["test", file]):
            status, out, err = run(*arguments)
            said = (out + err).decode()
            if status != 0:
                complain(repr(name), f"{arguments[:2]} has status {status}: {said[-300:]}")
            if STEERING.search(said):
                complain(repr(name), f"{arguments[:2]} shows {STEERING.search(said).group()!r}")
            if arguments[:2] in (["run", file], ["run", "--follow"]) and shown(name) not in said:
                complain(repr(name), f"{arguments[:2]} does not show the name")
        drawn(name, thread, file)


def drawn(name, thread, file):
    """The label of the thread, as the dot program reads it, in the picture."""
    if shutil.which("dot") is None:
        return
    out = path("named.svg")
    status, _, err = run("render", file, "--as", "svg", "--structure", "-o", out)
    if status != 0 or err:
        complain(repr(name), f"no picture: {status} {err[-300:]}")
        return
    texts = ["".join(text.itertext()) for text in xml.etree.ElementTree.parse(out).iter("{http://www.w3.org/2000/svg}text")]
    if not any(text.replace("\u00a0", " ") == shown(thread).replace("\u00a0", " ") for text in texts):
        complain(repr(name), f"the picture does not name the thread: {texts}")


def names_are_refused():
    global counted
    for name in REFUSED:
        for table in ("events", "procedures", "variants"):
            counted += 1
            scenario = {"format": 1, "procedures": {"main": []}}
            scenario.setdefault(table, {})[name] = [] if table == "procedures" else {}
            with open(path("refused.json"), "w", encoding="utf-8") as out:
                json.dump(scenario, out, ensure_ascii=True)
            status, _, err = run("check", path("refused.json"))
            said = err.decode()
            if status != 65 or ("this is no name" not in said and "this name has more than 100 bytes" not in said):
                complain(f"{name!r} in {table}", f"status {status}: {said[-300:]}")
            if STEERING.search(said):
                complain(f"{name!r} in {table}", "the message shows what it refuses")


def texts_are_harmless():
    """A line may hold any character of JSON; a terminal gets none that steers it, a program gets all."""
    global counted
    counted += 1
    line = "\x1b[2J\x07\r \u202eabc \u009b31m \x7f tab\t end"
    scenario = {"format": 1, "title": line, "procedures": {"main": [{"log": line}, {"assert": "false", "description": line}]},
                "expect": [{"log": "nobody", "description": line}]}
    with open(path("line.json"), "w", encoding="utf-8") as out:
        json.dump(scenario, out)
    for arguments in (["run"], ["run", "--follow"], ["test"], ["render"]):
        _, out, err = run(*arguments, path("line.json"))
        if STEERING.search((out + err).decode()):
            complain(f"{arguments}", f"shows {STEERING.search((out + err).decode()).group()!r}")
    _, out, _ = run("run", "--quiet", "--trace", "-", path("line.json"))
    if line not in [json.loads(record).get("text") for record in out.decode().rstrip("\n").split("\n")]:
        complain("a line", "the trace says another")
    _, out, _ = run("run", "--json", path("line.json"))
    if json.loads(out)["events"][0]["log"] != line:
        complain("a line", "the report as JSON says another")
    # A file's own name is shown as well.
    shutil.copy(path("line.json"), path("\x1b[31mred\u202e.json"))
    for arguments in (["run"], ["check"], ["test"], ["stats"]):
        _, out, err = run(*arguments, path("\x1b[31mred\u202e.json"))
        if STEERING.search((out + err).decode()):
            complain(f"{arguments} of a file's name", "it steers the terminal")
    _, out, err = run("run", path("\x1b[31mnone.json"))
    if STEERING.search((out + err).decode()):
        complain("a missing file's name", "it steers the terminal")


try:
    full_disks_and_closed_pipes()
    files_that_are_none()
    interruptions()
    names_come_through()
    names_are_refused()
    texts_are_harmless()
finally:
    os.chmod(path("folder"), 0o755)
    shutil.rmtree(work)
print("\n".join(bad))
print(f"{counted} hostilities, {len(bad)} complaints")
sys.exit(bool(bad))
