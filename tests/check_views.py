# SPDX-License-Identifier: Apache-2.0
"""Pictures before those who read them: the dot program and xmllint take all of them without a word, and the trace
events keep the rules by which Perfetto's importer reads them, with the times that the records have."""
import collections
import html
import itertools
import json
import math
import os
import re
import subprocess
import tempfile

from views import SCENARIOS, callbacks_of, complain, finish, records_of, run, stays_of

TIME = re.compile(r"\d+(\.\d{3})?")


def nanoseconds(text):
    if not TIME.fullmatch(text):
        complain("a time that is no decimal number with three places or none:", text)
        return 0
    whole, _, part = text.partition(".")
    return int(whole) * 1000 + int(part or 0)


def slices_of(name, events):
    """The slices of threads: those that are one event, and those that are a beginning with its end right behind it."""
    found = []
    for event, following in zip(events, events[1:] + [{}]):
        if event["ph"] == "X":
            found.append(event)
        elif event["ph"] == "B":
            found.append(dict(event, dur="0"))
            if following.get("ph") != "E" or any(event.get(key) != following.get(key) for key in ("pid", "tid", "ts", "name", "args")):
                complain(name, "a beginning without its end:", event)
    return found


def check_nesting(name, events):
    """Slices of one thread lie in each other or apart: a half overlap would be put elsewhere."""
    by_thread = collections.defaultdict(list)
    for event in slices_of(name, events):
        begin = nanoseconds(event["ts"])
        by_thread[event["pid"], event["tid"]].append((begin, begin + nanoseconds(event["dur"]), event["name"]))
    for slices in by_thread.values():
        open_slices = []
        for begin, end, slice_name in sorted(slices, key=lambda one: one[0]):
            while open_slices and open_slices[-1] <= begin:
                open_slices.pop()
            if open_slices and end > open_slices[-1]:
                complain(name, "a slice that reaches out of the one it lies in:", slice_name, begin, end)
            open_slices.append(end)
            if len(open_slices) > 512:
                complain(name, "slices more than 512 deep")


def check_flows(name, events):
    """A flow has one beginning, no step before it, and nothing behind its end."""
    flows = collections.defaultdict(list)
    for event in events:
        if "bind_id" in event:
            if not re.fullmatch("0x[0-9a-f]+", event["bind_id"]):
                complain(name, "a flow's id that is no hexadecimal number:", event["bind_id"])
            if event["ph"] not in "XBb":
                complain(name, "a flow on", event["ph"])
            flows[event["bind_id"]].append((nanoseconds(event["ts"]), bool(event.get("flow_in")), bool(event.get("flow_out"))))
    for number, steps in flows.items():
        starts = [t for t, comes, goes in steps if goes and not comes]
        ends = [t for t, comes, goes in steps if comes and not goes]
        if len(starts) != 1 or any(t < starts[0] for t, _, _ in steps):
            complain(name, number, "does not begin once, and first")
        if len(ends) > 1 or (ends and any(t > ends[0] for t, _, _ in steps)):
            complain(name, number, "does not end last")
    return len(flows)


def check_wakes(name, events):
    """A flow of the first sort has one beginning and one end, alike in id, category and name, each strictly within a slice
    of its thread, so that none is dropped; an end binds to what is around it."""
    slices = collections.defaultdict(list)
    for event in slices_of(name, events):
        begin = nanoseconds(event["ts"])
        slices[event["pid"], event["tid"]].append((begin, begin + nanoseconds(event["dur"])))
    ends = collections.defaultdict(list)
    for event in events:
        if event["ph"] in "sf":
            t = nanoseconds(event["ts"])
            ends[event["id"], event["cat"], event["name"]].append((event["ph"], t))
            if not any(begin < t < end for begin, end in slices[event["pid"], event["tid"]]):
                complain(name, "a flow that is bound to no slice:", event)
            if event["ph"] == "f" and event.get("bp") != "e":
                complain(name, "a flow that ends in what comes next:", event)
    for key, pair in ends.items():
        if [phase for phase, _ in pair] != ["s", "f"] or pair[0][1] > pair[1][1]:
            complain(name, key, "is", pair)
    return len(ends)


def name_of(arguments):
    """What an event is about, as views.names_of calls it."""
    return int(arguments["op"]) if "op" in arguments else "@" + arguments["record"] if "record" in arguments else None


def pairs_of(name, events, category):
    begun, found = {}, []
    for event in events:
        if event.get("cat") == category:
            key = event["id"], event["name"], event["pid"]
            if event["ph"] == "b":
                if key in begun:
                    complain(name, key, "begins twice")
                begun[key] = nanoseconds(event["ts"])
            elif event["ph"] == "e":
                if key not in begun:
                    complain(name, key, "ends before it begins")
                else:
                    number = int(event["id"], 16)
                    number = f"@{number - (1 << 62)}" if number >> 62 else number
                    found.append((number, begun.pop(key), nanoseconds(event["ts"])))
    if begun:
        complain(name, begun, "do not end")
    return sorted(found, key=str)


def check_counters(name, events, records):
    told = {}
    for record in records:
        if "active" in record and "depth" in record and record["kind"] != "outcome":
            told[record["object"], record["t"]] = record["depth"], record["active"]
    shown = {(event["name"], nanoseconds(event["ts"])): (event["args"]["queued"], event["args"]["active"])
             for event in events if event["ph"] == "C" and "active" in event["args"]}
    pools = {}
    for record in records:
        pool = record.get("pool") or (record["object"] if record["kind"].startswith("work-") else None)
        if pool is None or record["kind"] not in ("thread-create", "thread-exit", "work-queue", "work-take"):
            continue
        depth, threads = pools.get(pool, (0, 0))
        threads += {"thread-create": 1, "thread-exit": -1}.get(record["kind"], 0) * (record.get("type") == "worker")
        depth += {"work-queue": 1, "work-take": -1}.get(record["kind"], 0)
        if record["kind"].startswith("thread") and record["type"] != "worker":
            continue
        pools[pool] = depth, threads
        told[pool, record["t"]] = pools[pool]
    shown.update({(event["name"], nanoseconds(event["ts"])): (event["args"]["queued"], event["args"]["threads"])
                  for event in events if event["ph"] == "C" and "threads" in event["args"]})
    if told != {key: tuple(map(int, value)) for key, value in shown.items()}:
        complain(name, "counters are not what the records say")


def check_decisions(name, scenario, records):
    """A pool's target changes in the picture as often, and for what, as the records say."""
    times = collections.Counter(record["transition"] if record["kind"] == "climb" else record["why"] for record in records
                                if record["kind"] == "climb" or (record["kind"] == "pool-target" and record["why"] != "climb"))
    drawn = run("render", scenario, "--as", "svg", "--width", "9000").decode()
    marks = len(re.findall(r"l40 40l-40 40l-40-40z", drawn))
    if marks != sum(times.values()):
        complain(name, marks, "decisions are marked, and not", sum(times.values()))
    for why, count in times.items():
        if drawn.count(f">{why}</text>") != count:
            complain(name, why, "is named", drawn.count(f">{why}</text>"), "times, and not", count)
    if times and ", ".join(f"{count} {why}" for why, count in times.items()) not in run("render", scenario).decode():
        complain(name, "the terminal does not count", times)


def check_processors(name, scenario, records):
    """How many wait for a processor at most, and who is driven out, as the records have it."""
    state, ready, driven = {}, [], sum(record["kind"] == "thread-preempt" for record in records)
    for record in records:
        kind = record["kind"]
        if kind in ("thread-create", "thread-unblock", "thread-ready", "thread-preempt", "packet-release", "pool-unpark"):
            state.setdefault(record["thread"], record["t"])
        elif kind in ("thread-run", "thread-block", "thread-exit") and record["thread"] in state:
            ready.append((state.pop(record["thread"]), record["t"]))
    ready += [(t, records[-1]["t"]) for t in state.values()]
    most = max((sum(one <= t < other for one, other in ready) for t, _ in ready), default=0)
    picture = run("render", scenario, "--as", "svg", "--width", "9000").decode()
    if f">ready, at most {most}<" not in picture:
        complain(name, "has not", most, "threads that are ready")
    if picture.count("l70 70m0-70l-70 70") != driven:
        complain(name, driven, "threads are driven out, and the picture marks", picture.count("l70 70m0-70l-70 70"))


def shape(name):
    """A name as far as a lane has room for it: its beginning, and its index."""
    return re.match(r"[^[]{0,6}", name)[0], re.search(r"(\[\d+\])?$", name)[0]


def check_sheets(name, scenario, records):
    """Three sheets of paper, each of which names every thread and its own time."""
    sheets = run("render", scenario, "--as", "svg", "--pages", "3").decode().split("<svg y=")[1:]
    threads = sorted({record["thread"] for record in records if record["kind"] == "thread-create"})
    if len(sheets) != 3:
        complain(name, len(sheets), "sheets and not three")
    for number, sheet in enumerate(sheets):
        named = sorted(html.unescape(word) for word in re.findall(r'<text x="400" y="\d+" fill="#222222">([^<]*)</text>', sheet))
        if [shape(word) for word in named] != [shape(word) for word in threads] or f">sheet {number + 1} of 3<" not in sheet:
            complain(name, "sheet", number + 1, "has the threads", named, "and not", threads)


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


# How colours are seen by eyes that lack one sort of cone (Machado, Oliveira and Fernandes 2009, severity 1), of linear light.
EYES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(colour, eye):
    """CIE L*a*b* of a colour as an eye sees it, under D65."""
    red, green, blue = (min(1, max(0, sum(a * b for a, b in zip(row, linear(colour))))) for row in EYES[eye])
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def check_colours():
    """Any two colours of thread types, packets, services and paper differ by 21 and more (CIE76) for eyes of all four
    sorts; types that share a colour have other letters and other patterns."""
    types = re.findall(r'THREAD_TYPE\((\w+), "[^"]+", \'(.)\', "(#\w+)", "#\w+", "(\w+)"', open("model/thread_type.def").read())
    colours = sorted({colour for _, _, colour, _ in types} | {"#F0E442", "#99DDFF", "#FFFFFF"})
    for eye in EYES:
        for one, other in itertools.combinations(colours, 2):
            apart = math.dist(lab(one, eye), lab(other, eye))
            if apart < 21:
                complain(eye, one, "and", other, "differ by", apart)
    for one, other in itertools.combinations(types, 2):
        if one[1] == other[1] or (one[2:] == other[2:] and {one[0], other[0]} != {"USER", "MAIN"}):
            complain(one, "and", other, "look alike")


def check_inks():
    """On either paper words are read (4.5 to 1), lines and edges seen (3 to 1): WCAG 1.4.3 and 1.4.11."""
    source = open("traces/render/svg.c", encoding="utf-8").read()
    types = re.findall(r'THREAD_TYPE\((\w+), "[^"]+", \'.\', "(#\w+)", "(#\w+)"', open("model/thread_type.def").read())
    for paper in ("light", "dark"):
        inks = {}
        for line in re.findall(r"out_ink %s\[\] = \{(.*?)\n\};" % paper, source, re.S):
            inks = dict(re.findall(r'\{"([\w-]+)", "(#\w+)"\}', line))
        for kind, colour, text in types:
            for use, usual in (("fill", colour), ("text", text), ("line", colour)):
                inks.setdefault(f"{use}-{kind}", usual)
            if contrast(inks[f"fill-{kind}"], inks[f"text-{kind}"]) < 4.5:
                complain(paper, kind, "the letters on it cannot be read")
            if max(contrast(inks[f"fill-{kind}"], inks["paper"]), contrast(inks["edge"], inks["paper"])) < 3:
                complain(paper, kind, "its boxes cannot be seen")
        for name, least in (("ink", 4.5), ("faint", 4.5), ("edge", 3), ("line", 3), ("red", 3), ("path", 3), ("blue", 3), ("plot", 3)):
            if contrast(inks[name], inks["paper"]) < least:
                complain(paper, name, "has a contrast of", contrast(inks[name], inks["paper"]))


def check_targets(name, events, records):
    """What decided a pool's target is an instant with the record's number and numbers, and the target a counter."""
    told = [(record["t"], record["n"], record["old"], record["new"], record.get("transition", record.get("why"))) for record in records
            if record["kind"] == "climb" or (record["kind"] == "pool-target" and record["why"] != "climb")]
    shown = [(nanoseconds(event["ts"]), *(int(event["args"][key]) for key in ("record", "old", "new")), event["name"])
             for event in events if event["ph"] == "i"]
    counted = [(nanoseconds(event["ts"]), int(event["args"]["target"])) for event in events if event["ph"] == "C" and "target" in event["args"]]
    if shown != told or counted != [(t, new) for t, _, _, new, _ in told]:
        complain(name, "decisions are", shown[:3], "and not", told[:3])


def check_chrome(name, scenario, records):
    text = run("render", scenario, "--as", "chrome").decode()
    if re.search("[\x00-\x09\x0b-\x1f]", text):
        complain(name, "a control character, which would end the import")
    events = json.loads(text, parse_float=str, parse_int=str)["traceEvents"]
    for event in events:
        if event["ph"] not in "XBEMbeCisf" or not {"pid", "tid", "name"} <= event.keys():
            complain(name, "an event of another sort:", event)
    check_nesting(name, events)
    flows = check_flows(name, events)
    wakes[0] += check_wakes(name, events)
    got = sorted(((name_of(event.get("args", {})), nanoseconds(event["ts"]),
                   nanoseconds(event["ts"]) + nanoseconds(event["dur"])) for event in slices_of(name, events) if event.get("cat") == "callback"), key=str)
    if got != callbacks_of(records):
        complain(name, "callbacks are", got[:5], "and not", callbacks_of(records)[:5])
    issued = sorted(((record.get("op", f"@{record['n']}"), record["t"]) for record in records if record["kind"] in ("op-issue", "packet-post") or
                     (record["kind"] == "work-queue" and "op" not in record and "thread" in record)), key=str)
    if issued != sorted(((name_of(event["args"]), nanoseconds(event["ts"])) for event in slices_of(name, events)
                         if event.get("cat") == "issue"), key=str):
        complain(name, "what is issued is not what the records say")
    if pairs_of(name, events, "queue") != stays_of(records, ("packet-queue", "work-queue"), ("packet-release", "packet-take", "work-take")):
        complain(name, "packets are not queued as the records say")
    if pairs_of(name, events, "service") != stays_of(records, ("device-begin",), ("device-end",)):
        complain(name, "operations are not served as the records say")
    check_counters(name, events, records)
    check_targets(name, events, records)
    return flows


KEYS = ("n t step_n kind thread type frame object op procedure active queue depth seed priority background verb ok error bytes "
        "busy queued why").split()


def record(t, kind, **fields):
    return dict(t=t * 1000, kind=kind, **fields)


def path_of(records):
    """The parts of operation 1 of a trace that holds these records, as --operation tells them, the last first."""
    numbered = [dict(sorted(dict(n=n, step_n=n, **one).items(), key=lambda field: KEYS.index(field[0]))) for n, one in enumerate([record(0, "run-begin", seed=1)] + records, 1)]
    lines = [{"trace": 1, "title": "t", "seed": 1, "variant": None, "parameters": {}}] + numbered
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
        file.flush()
        told = run("render", file.name, "--operation", "1").decode()
    return re.findall(r"^ *\w+ +(\w+)  [#.]{20}  (\w+)", told, re.M)


def check_work_of_operations():
    """A poller takes a packet, and queues it as work; or a worker is to do what the call asks, before the operation."""
    main, poller, worker = (dict(thread=name, type=kind) for name, kind in
                            (("main", "main"), ("poller", "io-poller"), ("worker", "worker")))
    born = [record(0, "thread-create", **one, priority=8, background=True) for one in (main, poller, worker)]
    handed = born + [
        record(0, "thread-run", **main, priority=8),
        record(0, "op-issue", **main, object="file", op=1, verb="read", bytes=1),
        record(0, "device-begin", object="disk", op=1, busy=1, queued=0, why="server-free"),
        record(10, "device-end", object="disk", op=1, busy=0, queued=0, why="server-free"),
        record(10, "op-complete", object="file", op=1, ok=True, error="ERROR_SUCCESS", bytes=1, why="device-done"),
        record(10, "packet-release", **poller, object="port", op=1, active=1, depth=0, why="newest-waiter"),
        record(12, "thread-run", **poller, priority=8),
        record(12, "work-queue", **poller, object="pool", op=1, procedure="done", queue="high", depth=1),
        record(15, "work-take", **worker, object="pool", op=1, queue="high", depth=0, why="high"),
        record(17, "thread-run", **worker, priority=8),
        record(17, "callback-begin", **worker, frame=2, object="file", op=1, procedure="done", ok=True, error="ERROR_SUCCESS", bytes=1),
        record(20, "callback-end", **worker, frame=2, object="file", op=1, procedure="done", ok=True, error="ERROR_SUCCESS", bytes=1)]
    if path_of(handed) != [("3us", "run"), ("2us", "wake"), ("3us", "queue"), ("2us", "wake"), ("10us", "service")]:
        complain("what a poller hands on is", path_of(handed))
    read_by_worker = born + [
        record(0, "thread-run", **main, priority=8),
        record(0, "op-issue", **main, object="file", op=1, verb="read", bytes=1),
        record(0, "work-queue", **main, object="pool", op=1, procedure="done", queue="global", depth=1),
        record(4, "work-take", **worker, object="pool", op=1, queue="global", depth=0, why="global"),
        record(5, "thread-run", **worker, priority=8),
        record(5, "device-begin", object="disk", op=1, busy=1, queued=0, why="server-free"),
        record(15, "device-end", object="disk", op=1, busy=0, queued=0, why="server-free"),
        record(15, "op-complete", object="file", op=1, ok=True, error="ERROR_SUCCESS", bytes=1, why="device-done"),
        record(15, "callback-begin", **worker, frame=2, object="file", op=1, procedure="done", ok=True, error="ERROR_SUCCESS", bytes=1),
        record(18, "callback-end", **worker, frame=2, object="file", op=1, procedure="done", ok=True, error="ERROR_SUCCESS", bytes=1)]
    if path_of(read_by_worker) != [("3us", "run"), ("10us", "service"), ("1us", "wake"), ("4us", "queue")]:
        complain("what a worker is to read is", path_of(read_by_worker))


def check_pairs():
    """Items that have no number are matched by which of all they are: six of 300 ms, by workers that block, then by two
    that compute."""
    pair = run("render", "scenarios/pools/workers-that-block.json", "--with-variant", "compute").decode()
    changes = sorted(re.findall(r" ([+-]\d+ms) ", pair))
    if changes != ["+100ms", "+200ms", "+300ms", "+300ms"] or "only in" in pair:
        complain("items changed by", changes)


flows, wakes = 0, [0]
check_inks()
check_colours()
check_pairs()
check_work_of_operations()
with tempfile.TemporaryDirectory() as folder:
    graphs, pictures = [], []
    for scenario in SCENARIOS:
        name = os.path.basename(scenario)
        records = records_of(scenario)
        flows += check_chrome(name, scenario, records)
        check_sheets(name, scenario, records)
        check_decisions(name, scenario, records)
        if "/processors/" in scenario:
            check_processors(name, scenario, records)
        operations = [record["op"] for record in records if record["kind"] in ("op-issue", "packet-post")]
        asked = [[], ["--waits"], ["--summary"], ["--from", "0ms"], ["--waits", "--at", "1ms"]]
        for options in asked + ([["--operation", str(operations[0])]] if operations else []):
            graphs.append(os.path.join(folder, f"{len(graphs)}.dot"))
            run("render", scenario, "--as", "dot", "-o", graphs[-1], *options)
        for options in ([], ["--statistics"], ["--width", "700", "--height", "400", "--dark"], ["--pages", "4"], ["--with", SCENARIOS[0]]):
            pictures.append(os.path.join(folder, f"{len(pictures)}.svg"))
            run("render", scenario, "--as", "svg", "-o", pictures[-1], *options)
        diagram = run("render", scenario, "--as", "mermaid").decode().split("\n")
        if diagram[0] != "sequenceDiagram" or len(diagram) > 500 or sum(len(line) + 1 for line in diagram) > 50000:
            complain(name, "a sequence diagram that hosts refuse")
    # One by one: the program of Debian 12 breaks when it is given many graphs at once.
    for graph in graphs:
        drawn = subprocess.run(["dot", "-Tsvg", "-o", os.devnull, graph], capture_output=True)
        if drawn.returncode != 0 or drawn.stderr:
            complain("dot:", graph, drawn.stderr.decode()[-500:])
    linted = subprocess.run(["xmllint", "--noout", *pictures], capture_output=True)
    if linted.returncode != 0 or linted.stderr:
        complain("xmllint:", linted.stderr.decode()[-500:])
if flows < 40 or wakes[0] < 5:
    complain("only", flows, "flows, and", wakes[0], "wake-ups")
finish(f"{len(SCENARIOS)} scenarios, {len(graphs)} graphs, {len(pictures)} pictures, {flows} flows, {wakes[0]} wake-ups")
