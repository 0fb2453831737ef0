#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_limits.py PROGRAM: each limit of the language from both sides, loops that use no time, and worlds that stand
still. A number at a limit is either right or refused in words; nothing hangs or grows without bound.

The limits are those of the language page; what a number near one must give is computed here, by Python's integers."""
import json
import os
import resource
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
SECONDS = 60
bad = []
counted = 0


def run(scenario, *options, memory=None):
    """Runs a scenario; its status, and all that was said."""
    text = scenario if isinstance(scenario, str) else json.dumps({"format": 1, **scenario}, ensure_ascii=False)

    def limit():
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    try:
        done = subprocess.run([PROGRAM, "run", "--quiet", "--trace", "-", *options, "-"], input=text.encode(),
                              capture_output=True, timeout=SECONDS, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return "it hangs", ""
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def want(name, scenario, status, *texts, **more):
    global counted
    counted += 1
    got, said = run(scenario, **more)
    for text in texts:
        if text not in said:
            bad.append(f"{name}: '{text}' is not said: {said[-600:]}")
    if got != status:
        bad.append(f"{name}: status {got}, not {status}: {said[-600:]}")


def main(*steps, **tables):
    return {"procedures": {"main": list(steps)}, **tables}


def log(text):
    return {"log": text}


def numbers():
    most = 2**63 - 1
    want("2^53 is a number", main({"let": {"x": 2**53}}, log("{x}")), 0, f'"text":"{2**53}"')
    want("2^53 + 1 is none", main({"let": {"x": 2**53 + 1}}), 65, "this number is above 2^53 in size")
    want("-2^53 - 1 is none", main({"let": {"x": -2**53 - 1}}), 65, "this number is above 2^53 in size")
    want("2^53 + 1 as a string is one", main({"let": {"x": str(2**53 + 1)}}, log("{x}")), 0, f'"text":"{2**53 + 1}"')
    want("2^63 - 1 is exact", main({"let": {"x": str(most)}}, log("{x} {x - 1}")), 0, f'"text":"{most} {most - 1}"')
    want("2^63 is too large", main({"let": {"x": str(most + 1)}}), 65, f"'{most + 1}' is too large")
    want("0x may use 64 bits", main({"let": {"x": hex(2**64 - 1)}}, log("{x}")), 0, '"text":"-1"')
    want("0x may not use 65", main({"let": {"x": hex(2**64)}}), 65, "has more than 64 bits")
    want("2^63 - 1 + 1 overflows", main({"let": {"x": str(most)}}, {"let": {"y": "x + 1"}}), 1, "overflow")
    want("the least number by -1 overflows", main({"let": {"x": f"-{most} - 1"}}, {"let": {"y": "x / -1"}}), 1, "overflow")
    want("the least number mod -1 is 0", main({"let": {"x": f"-{most} - 1"}}, log("{x mod -1}")), 0, '"text":"0"')
    want("a key of 64 bits goes through a packet",
         main({"post": "p", "key": "0xffffffffffffffff", "bytes": f"{most}B"}, {"get": "p"}, log("{key} {bytes}"),
              ports={"p": {}}), 0, f'"text":"-1 {most}"')
    want("the seed may be 2^53", main(log("x"), seed=2**53), 0, f'"seed":{2**53}')
    want("a seed is not negative", main(log("x"), seed=-1), 65, "a seed is not negative")
    for processors, status in ((1, 0), (65535, 0), (0, 65), (65536, 65)):
        want(f"{processors} processors", main(log("x"), machine={"processors": processors}), status)
    for priority, status in ((0, 0), (31, 0), (32, 1), (-1, 1)):
        want(f"priority {priority}", main({"start": "t", "runs": [log("x")], "priority": priority}), status,
             *(["a priority is a number from 0 to 31"] if status else []))


def times():
    most = 2**63 - 2
    want("a sleep of 2^63 - 2 ns", main({"sleep": f"{most}ns"}, log("x")), 0, f'"t":"{most}"', '"text":"x"')
    want("a compute of 2^63 - 2 ns", main({"compute": f"{most}ns"}, log("x")), 0, f'"t":"{most}"', '"text":"x"')
    for span in (f"{2**63 - 1}ns", f"{2**63}ns", f"{2**64 - 1}ns", f"{2**64}ns", "999999999999h"):
        want(f"{span} is refused", main({"sleep": span}), 65, "is too large")
    want("a sleep beyond the clock's end", main({"sleep": f"{most}ns"}, {"sleep": f"{most}ns"}), 1,
         "the clock would pass 2^63 ns")
    want("a compute beyond the clock's end", main({"compute": f"{most}ns"}, {"compute": f"{most}ns"}), 1,
         "the clock would pass 2^63 ns")
    want("a part of a nanosecond", main({"sleep": "0.0000000001s"}), 65, "is no whole number of nanoseconds")
    want("until 2^63 - 2 ns", main({"sleep": "1ms"}, "read_line", until=f"{most}ns"), 0, f'"t":"{most}"')
    want("erlang's k is bounded", main({"sleep": {"erlang": {"k": 2**32 - 1, "mean": "1ms"}}}), 1, "from 1 to 1000")
    want("weights that overflow", main({"sleep": {"mixed": [[str(2**63 - 1), "1ms"]] * 3}}), 1, "2^64 or more")


def counts():
    sleepers = {"runs": [{"sleep": "1ms"}]}
    want("2^24 + 1 threads", {"threads": {"t": {"count": 2**24 + 1, **sleepers}}}, 65, "from 0 to 16777216")
    want("2^24 threads in two tables' rows", {"threads": {"t": {"count": 2**24, **sleepers}, "u": sleepers}}, 65,
         "there are more than 16777216 threads")
    want("2^24 threads without the memory", {"threads": {"t": {"count": 2**24, **sleepers}}}, 74, "iocpsim: no memory",
         memory=512 << 20)
    want("20000 threads", {"threads": {"t": {"count": 20000, **sleepers}}}, 0, '"thread":"t[19999]"')
    want("2^26 + 1 handles", main(log("x"), handles={"h": {"count": 2**26 + 1}}), 65, "from 0 to 67108864")
    want("2^26 handles without the memory", main(log("x"), handles={"h": {"count": 2**26}}), 74, "iocpsim: no memory",
         memory=512 << 20)
    want("2^32 variables", main(log("x"), variables={"v": {"count": 2**32}}), 65, "from 0 to 67108864")
    want("no threads", {"threads": {"t": {"count": 0, **sleepers}}}, 0, '"end":"idle"')
    for steps, status in ((65536, 0), (65537, 65)):
        want(f"{steps} steps", main(*[log("x")] * steps), status, *(["65536 is the most"] if status else []))
    for objects, status in ((64, 0), (65, 65)):
        events = {"e": {"count": objects}}
        want(f"{objects} objects of a wait, listed",
             main({"wait": [f"e[{i}]" for i in range(objects)], "timeout": 0}, events=events), status)
        want(f"{objects} objects of a wait, an array", main({"wait": "e", "timeout": 0}, events=events), status)
    for most, ok in ((256, "true"), (257, "false"), (0, "false"), (-1, "false")):
        want(f"max {most}", main({"post": "p"}, {"get": "p", "max": most}, log("{ok}"), ports={"p": {}}), 0,
             f'"text":"{ok}"')


def texts():
    for length, status in ((65536, 0), (65537, 65)):
        want(f"a string of {length} bytes", main(log("x" * length)), status)
    want("a text that grows beyond a string", main(log("{a}" * 15000), parameters={"a": "y" * 60000}), 1,
         "a text has more than 65536 bytes")
    for length, status in ((100, 0), (101, 65)):
        name = "e" * length
        want(f"a name of {length} bytes", main({"set": name}, events={name: {}}), status)
    want("an empty name", main(log("x"), events={"": {}}), 65, "this is no name")
    for ifs, status in ((30, 0), (31, 65)):
        # root, procedures and the list are 3 levels, each `if` with its list 2, the log 1
        steps = [log("deep")]
        for _ in range(ifs):
            steps = [{"if": "true", "then": steps}]
        want(f"nesting {3 + 2 * ifs + 1}", main(*steps), status, *(["nesting is deeper than 64"] if status else []))
    want("brackets without end", "[" * 1000000, 65, "nesting is deeper than 64")
    want("not without end", main({"assert": "not " * 16000 + "true"}), 65, "an expression nests at most 64 deep")
    want("parentheses without end", main({"assert": "(" * 30000 + "true" + ")" * 30000}), 65, "at most 64 deep")
    want("minus without end", main({"let": {"x": "-" * 60000 + "1"}}), 65, "at most 64 deep")
    want("a long expression in a text", main(log("{" + "1 + " * 10000 + "1}")), 65, "has at most 1023 bytes")


def loops_refused():
    """Loops none of whose paths can use time, wait or leave."""
    loop = "this loop can use no time, wait or leave"
    circle = "calls itself without using time"
    port = {"ports": {"p": {}}}
    for name, steps, more in (
            ("nothing but a log", [log("x")], {}),
            ("a compute of 0", [{"compute": 0}], {}),
            ("a compute of 0ms", [{"compute": "0ms"}], {}),
            ("a poll", [{"get": "p", "timeout": 0}], port),
            ("a poll of 0ms", [{"get": "p", "timeout": "0ms", "max": 3}], port),
            ("a wait that is none", [{"wait": "e", "timeout": 0}], {"events": {"e": {}}}),
            ("an attempt at a mutex", [{"acquire": "m", "timeout": 0}], {"mutexes": {"m": {}}}),
            ("a spin that gives up at once", [{"spin": "false", "timeout": 0}], {}),
            ("a loop in it that ends", [{"repeat": 2**53, "do": [log("x")]}], {}),
            ("a break of the loop in it", [{"forever": ["break"]}], {}),
            ("a choice of two that use none", [{"choose": [[log("x")], [log("y")]]}], {}),
            ("threads started without end", [{"start": "t", "runs": [log("x")]}], {})):
        want(f"forever {name}", main({"forever": steps}, **more), 65, loop)
        want(f"repeat infinite {name}", main({"repeat": "infinite", "do": steps}, **more), 65, loop)
        want(f"while true {name}", main({"while": "true", "do": steps}, **more), 65, loop)

    def procedures(**table):
        return {"procedures": table}

    want("a call that only returns",
         procedures(main=[{"forever": [{"call": "a"}]}], a=[{"if": "now == 0ns", "then": ["return"]}]), 65, loop)
    want("a call of a call", procedures(main=[{"forever": [{"call": "a"}]}], a=[{"call": "b"}], b=[log("x")]), 65, loop)
    want("a circle", procedures(main=[{"call": "a"}], a=[{"call": "b"}], b=[{"call": "a"}]), 65, circle)
    want("a circle before the sleep", procedures(main=[{"call": "main"}, {"sleep": "1ms"}]), 65, circle)
    want("a circle through lists in place", procedures(main=[{"call": [{"call": "main"}]}]), 65, circle)
    # Calls that double at each level are no circle, and take no time to look at.
    doubling = {f"q{i}": [{"call": f"q{i + 1}"}] * 2 for i in range(60)}
    want("calls that double", procedures(main=[{"if": "false", "then": [{"call": "q0"}]}], q60=[log("x")], **doubling),
         0)
    want("a chain of calls", procedures(main=[{"call": "q0"}], q500=[{"sleep": "1ms"}],
                                        **{f"q{i}": [{"call": f"q{i + 1}"}] for i in range(500)}), 0)


def loops_allowed():
    """What can end, use time or give way runs, and is stopped where it does not."""
    want("a recursion that ends", {"procedures": {
        "main": [{"call": "down", "with": {"n": 100}}, log("back")],
        "down": [{"if": "n == 0", "then": ["return"]}, {"call": "down", "with": {"n": "n - 1"}}]}}, 0, '"text":"back"')
    want("two that call each other, with time", {"procedures": {
        "main": [{"repeat": 3, "do": [{"call": "b"}]}, log("back")],
        "a": [{"if": "now > 2ms", "then": [{"call": "b"}]}, {"sleep": "1ms"}],
        "b": [{"if": "now < 2ms", "then": [{"call": "a"}]}]}}, 0, '"text":"back"')
    want("a poll that leaves", main({"forever": [{"get": "p", "timeout": 0}, {"if": "not ok", "then": ["break"]}]},
                                    log("left"), ports={"p": {}}), 0, '"text":"left"')

    few = {"machine": {"livelock_after": 1000}}
    for name, scenario in (
            ("yields", main({"forever": ["yield"]}, **few)),
            ("sleeps of 0", main({"forever": [{"sleep": 0}]}, **few)),
            ("a sleep of a variable 0", main({"let": {"d": "0ms"}}, {"forever": [{"sleep": "d"}]}, **few)),
            ("satisfied waits", main({"forever": [{"wait": "e"}]},
                                     events={"e": {"manual_reset": True, "signalled": True}}, **few)),
            ("a mutex taken and given", main({"forever": [{"acquire": "m"}, {"release": "m"}]}, mutexes={"m": {}},
                                             **few)),
            ("a choice that could sleep", main({"forever": [{"choose": [[log("x")], [{"sleep": "1ms"}]]}]}, **few)),
            ("a branch never taken", main({"forever": [{"if": "now > 1ms", "then": ["break"]}, log("x")]}, **few)),
            ("a huge repeat", main({"repeat": 2**53, "do": [log("x")]}, **few)),
            ("a huge repeat in a huge repeat",
             main({"repeat": 2**53, "do": [{"repeat": 2**53, "do": [{"let": {"x": 1}}]}]}, **few)),
            ("a port that feeds itself",
             {"ports": {"p": {}}, "procedures": {"main": [{"post": "p", "callback": "again"}, {"serve": "p"}],
                                                 "again": [{"post": "p", "callback": "again"}]}, **few}),
            ("an APC that queues itself",
             {"procedures": {"main": [{"queue_apc": "me", "callback": "again"}, {"sleep": "1ms", "alertable": True}],
                             "again": [{"queue_apc": "me", "callback": "again"}]}, **few}),
            ("reads of a file without a device", main({"forever": [{"read": "f"}]}, handles={"f": {}}, **few)),
            ("threads that start threads", main({"start": "a", "runs": "main"}, {"start": "b", "runs": "main"}, **few)),
            ("a spin on what never changes", main({"spin": "false"}, **few))):
        # Time, thread and step: on stderr, and in the trace's last record.
        want(f"livelock of {name}", scenario, 1, "the run ends in a livelock at 0ns", '"kind":"run-end","thread":"',
             '"end":"livelock"', "' runs the step /procedures/")
    want("a livelock of steps that are no verbs", main({"repeat": 2**53, "do": []}, **few), 1,
         "'main' runs the step /procedures/main/0")
    for after, status in ((0, 65), (1, 1), (2, 1), (3, 0), (2**53, 0)):
        want(f"livelock_after {after}", main(log("a"), log("b"), log("c"), machine={"livelock_after": after}), status)


numbers()
times()
counts()
texts()
loops_refused()
loops_allowed()
print("\n".join(bad))
print(f"{counted} limits, {len(bad)} complaints")
sys.exit(bool(bad) or counted < 100)
