# SPDX-License-Identifier: Apache-2.0
"""The figures of the statistics' picture are what the records say: of items how many, how long and what they were spent on,
of pools threads, queues and decisions, and how much of the processors was used."""
import collections
import html
import json
import os
import re
import tempfile
import time

from views import complain, finish, records_of, run

SCENARIOS = {"queueing/items-of-a-pool": 4, "queueing/littles-law": 2, "queueing/closed-clients": 4, "dotnet/n1": 4,
             "clr/long/a-pool-that-climbs": 2, "processors/quantum-of-windows": 1, "pools/workers-that-block": 2}
BUSY_ENDS = ("thread-block", "thread-exit", "thread-preempt", "thread-ready", "port-wait", "pool-park", "pool-retire")


def words(ns):
    """A span in the largest unit that leaves a whole number, with up to three decimals, cut."""
    for unit, name in ((10**9, "s"), (10**6, "ms"), (1000, "us"), (1, "ns")):
        if ns >= unit or unit == 1:
            whole, part = divmod(ns * 1000 // unit, 1000)
            return (f"{whole}.{part:03}".rstrip("0").rstrip(".") if part else str(whole)) + name


def busy_time(records):
    since, total = {}, 0
    for record in records:
        thread, kind = record.get("thread"), record["kind"]
        if thread in since and kind in BUSY_ENDS:
            total += record["t"] - since.pop(thread)
        if kind == "thread-run":
            since[thread] = record["t"]
    return total + sum(records[-1]["t"] - t for t in since.values())


def check_items(name, records, texts):
    latencies = collections.defaultdict(list)
    for record in records:
        if record["kind"] == "item-end":
            latencies[record["load"]].append(record["latency"])
    for load, spans in latencies.items():
        spans.sort()
        count = len(spans)
        said = (f"each took {words(sum(spans) // count)} on average; half at most {words(spans[-(-count // 2) - 1])}, "
                f"99% at most {words(spans[-(-count * 99 // 100) - 1])}, the longest {words(spans[-1])}")
        if f"items of {load}" not in texts or f"{count} ended" not in texts or said not in texts:
            complain(name, load, "has", [text for text in texts if "each took" in text], "and not", said)
    worst = sorted((span for spans in latencies.values() for span in spans), reverse=True)[:5]
    if worst and "the worst items" in texts:
        begin = texts.index("the worst items") + 2
        shown = [text for text in texts[begin:] if re.fullmatch(r"[\d.]+(ns|us|ms|s)", text)][:len(worst)]
        if shown != [words(span) for span in worst]:
            complain(name, "the worst items took", shown, "and not", list(map(words, worst)))
    elif worst:
        complain(name, "does not tell the worst items")


def check_pools(name, records, texts):
    threads, queued, most_threads, most_queued = (collections.Counter() for _ in range(4))
    decisions, climbs = collections.Counter(), collections.Counter()
    for record in records:
        kind = record["kind"]
        if kind in ("thread-create", "thread-exit") and record["type"] == "worker" and "pool" in record:
            threads[record["pool"]] += 1 if kind == "thread-create" else -1
            most_threads[record["pool"]] = max(most_threads[record["pool"]], threads[record["pool"]])
        elif kind in ("work-queue", "work-take"):
            queued[record["object"]] += 1 if kind == "work-queue" else -1
            most_queued[record["object"]] = max(most_queued[record["object"]], queued[record["object"]])
        elif kind == "pool-target" and record["why"] != "climb":
            decisions[record["why"]] += 1
        elif kind == "climb":
            climbs[record["transition"]] += 1
    for pool, most in most_threads.items():
        at = texts.index(f"threads of {pool}") if f"threads of {pool}" in texts else len(texts)
        if texts[at + 1:at + 2] != [f"at most {most}"]:
            complain(name, pool, "has", texts[at + 1:at + 2], "threads and not", most)
        at = texts.index(f"queue of {pool}") if f"queue of {pool}" in texts else len(texts)
        if texts[at + 1:at + 2] != [f"items, at most {most_queued[pool]}"]:
            complain(name, pool, "has", texts[at + 1:at + 2], "queued and not", most_queued[pool])
    for why, count in decisions.items():
        if texts.count(why) != count or not any(text.startswith(f"{count} {why}") for text in texts):
            complain(name, count, "times", why, "is named", texts.count(why), "times")
    for transition, count in climbs.items():  # of which those are named that have room
        if not any(f"{count} {transition}" in text for text in texts) or texts.count(transition) > count:
            complain(name, count, "times", transition)


items = 0
for scenario, processors in SCENARIOS.items():
    path = f"scenarios/{scenario}.json"
    records = records_of(path)
    picture = run("render", path, "--as", "svg", "--statistics", "--width", "3000").decode()
    texts = [html.unescape(text) for text in re.findall(r"<text [^>]*>([^<]*)</text>", picture)]
    check_items(scenario, records, texts)
    check_pools(scenario, records, texts)
    items += sum(record["kind"] == "item-end" for record in records)
    permille = busy_time(records) * 1000 // ((records[-1]["t"] + 1) * processors)
    used = f"{permille // 10}.{permille % 10}% of {processors} CPU{'' if processors == 1 else 's'}"
    if used not in texts:
        complain(os.path.basename(scenario), "used", [text for text in texts if "CPU" in text], "and not", used)
# That thousands wait for a thread which does thousands of things meanwhile costs no product of the two.
with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
    json.dump({"format": 1, "pools": {"pool": {"preset": "fixed", "threads": 2}},
               "procedures": {"main": [{"repeat": 60000, "do": [{"queue": "pool", "callback": "item"}]}, "read_line"],
                              "item": [{"compute": "1us"}]}}, file)
    file.flush()
    for options in (["--statistics"], []):
        begun = time.monotonic()
        run("render", file.name, "--as", "svg", "-o", os.devnull, *options)
        if time.monotonic() - begun > 15:
            complain("a picture of 60000 items took", time.monotonic() - begun, "s", options)
if items < 20:
    complain("only", items, "items")
finish(f"{len(SCENARIOS)} pictures, {items} items")
