# SPDX-License-Identifier: Apache-2.0
"""What queueing theory knows exactly, against scenarios/queueing/exact.

1. The values that the scenarios claim are reckoned anew, from the formulas, with exact fractions: Erlang's B and C,
   Pollaczek and Khinchine's wait, mean value analysis; the pool whose threads block by its Markov chain.
2. What is measured begins when the empty start is forgotten: for the birth-and-death chains to a thousandth of the
   mean, exactly; for the others a short window right behind the warm-up has the mean value already (make soak).
3. Little's law holds to the nanosecond on every run that ends empty, reckoned from the trace alone.
4. With 10,000 mutations (make soak): every interval over 30 replications contains its value, and is narrow."""
import concurrent.futures
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

program, is_long = os.path.abspath(sys.argv[1]), int(sys.argv[2]) >= 10000
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
SHELF = "scenarios/queueing/exact"
PROCESSORS = len(os.sched_getaffinity(0))
NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}

# How long a replication must be measured for an interval of 2% to either side. The wait of c=64 rho=.95 is given 5%:
# 2% takes six times as long, and it is a sixth of the time that a customer stays, which is within 1%.
FULL = {
    "one-of-c-is-free": {
        "c=1 rho=.5": "80000s", "c=1 rho=.9": "600000s", "c=2 rho=.8": "140000s", "c=4 rho=.8": "90000s",
        "c=8 rho=.8": "60000s", "c=16 rho=.9": "90000s", "c=64 rho=.95": "13000s"},
    "no-room-to-wait": {
        "c=1 rho=.5": "20000s", "c=1 rho=.9": "6000s", "c=2 rho=.8": "8000s", "c=4 rho=.8": "6000s", "c=8 rho=.8": "9000s",
        "c=16 rho=.9": "5000s", "c=64 rho=.95": "3000s", "K=1 rho=.8": "6000s", "K=5 rho=.8": "70000s"},
    "services-that-vary": {"deterministic": "120000s", "uniform": "150000s", "Erlang-2": "180000s", "exponential": "200000s"},
    "a-shared-processor": {
        "deterministic": "120000s", "uniform": "100000s", "Erlang-2": "120000s", "exponential": "220000s", "mixed": "220000s"},
    "room-for-everybody": {variant: "1000s" for variant in ("deterministic", "uniform", "Erlang-2", "exponential", "mixed")},
    "a-closed-network": {"1 client": "200s", "5 clients": "60s", "20 clients": "80s"},
    "threads-that-block": {"1 thread": "40s", "4 threads": "70s", "16 threads": "50s"},
}
# Windows right behind the warm-up, and how many replications see a start that is not forgotten.
BEHIND_WARM_UP = {
    "services-that-vary": ("50s", 1500), "a-shared-processor": ("50s", 1500), "room-for-everybody": ("2s", 1000),
    "a-closed-network": ("1s", 500), "threads-that-block": ("300ms", 500),
}
wrong = []


def complain(words):
    wrong.append(words)
    print(words)


def read(name):
    with open(f"{SHELF}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


def settings(scenario, variant):
    return {**scenario["parameters"], **scenario["variants"][variant]}


def number(text):
    """A decimal as it is written, a duration in seconds, and half a unit of its last digit."""
    digits, unit = re.fullmatch(r"([0-9.]+)([a-z]*)", text).groups()
    scale = Fraction(NS[unit], 10**9) if unit else Fraction(1)
    return Fraction(digits) * scale, Fraction(1, 2 * 10 ** len(digits.partition(".")[2])) * scale


def compare(where, said, exact):
    value, precision = number(said)
    if abs(value - Fraction(exact)) > precision * Fraction(101, 100):
        complain(f"{where}: the scenario claims {said}, the formula says {float(exact):.12g}")


# 1. Formulas.

def erlang_b(servers, offered):
    blocking = Fraction(1)
    for k in range(1, servers + 1):
        blocking = offered * blocking / (k + offered * blocking)
    return blocking


def many_servers(servers, rho):
    """C, Wq, W and L of M/M/c with services of 1s."""
    blocking = erlang_b(servers, servers * rho)
    waits = blocking / (1 - rho * (1 - blocking))
    wait = waits / (servers - servers * rho)
    return {"C": waits, "Wq": wait, "W": wait + 1, "L": servers * rho * (wait + 1)}


def row(variant):
    """c and rho from a variant's name."""
    servers, rho = re.fullmatch(r"[cK]=(\d+) rho=(\.\d+)", variant).groups()
    return int(servers), Fraction("0" + rho)


def gap_is_right(where, said, rate):
    """Gaps are whole nanoseconds."""
    if abs(number(said)[0] - 1 / rate) > Fraction(1, 2 * 10**9):
        complain(f"{where}: a gap of {said} is not 1 / {float(rate)}")


def open_systems():
    variants = read("one-of-c-is-free")["variants"]
    for variant, said in variants.items():
        servers, rho = row(variant)
        gap_is_right(variant, said["gap"], servers * rho)
        for name, exact in many_servers(servers, rho).items():
            compare(f"one-of-c-is-free, {variant}, {name}", said[name], exact)
        if said["servers"] != servers:
            complain(f"{variant}: {said['servers']} servers")
    for variant, said in read("no-room-to-wait")["variants"].items():
        places, rho = row(variant)
        if variant.startswith("c"):
            servers, lost = places, erlang_b(places, places * rho)
        else:
            servers, lost = 1, (1 - rho) * rho**places / (1 - rho ** (places + 1))
        gap_is_right(variant, said["gap"], servers * rho)
        compare(f"no-room-to-wait, {variant}", said["lost_share"], lost)
        if (said["servers"], said["places"]) != (servers, places):
            complain(f"no-room-to-wait, {variant}: {said}")


SQUARED_VARIATION = {"deterministic": Fraction(0), "uniform": Fraction(1, 3), "Erlang-2": Fraction(1, 2), "exponential": Fraction(1)}


def any_service():
    rho = Fraction(4, 5)
    for variant, said in read("services-that-vary")["variants"].items():
        wait = rho * (1 + SQUARED_VARIATION[variant]) / (2 * (1 - rho))
        compare(f"services-that-vary, {variant}, Wq", said["Wq"], wait)
        compare(f"services-that-vary, {variant}, W", said["W"], wait + 1)
    shared, room = read("a-shared-processor"), read("room-for-everybody")
    compare("a-shared-processor", shared["parameters"]["W"], 1 / (1 - rho))
    compare("room-for-everybody", room["parameters"]["L"], Fraction(5))
    for scenario in read("services-that-vary"), shared:
        gap_is_right(scenario["title"], next(iter(scenario["load"].values()))["arrive"]["poisson"], rho)
    gap_is_right("room-for-everybody", room["load"]["guest"]["arrive"]["poisson"], Fraction(5))


def mean_value_analysis(clients):
    """X a second and R in seconds of the closed network."""
    demands, think = [Fraction(2, 1000), Fraction(8, 1000)], Fraction(1, 10)
    there = [Fraction(0), Fraction(0)]
    for n in range(1, clients + 1):
        times = [demand * (1 + queue) for demand, queue in zip(demands, there)]
        rate = n / (think + sum(times))
        there = [rate * time for time in times]
    return rate, sum(times)


def blocking_pool(threads):
    """The pool's chain: n requests are in it, of those that have a thread i are before their read, j at the disk. Solved
    by Gauss and Seidel's sweeps, in both directions in turn."""
    clients, think, work, disk, processors, places = 50, 0.1, 0.001, 0.008, 2, 4
    states = [(n, i, j) for n in range(clients + 1) for i in range(min(n, threads) + 1) for j in range(min(n, threads) - i + 1)]
    index = {state: number for number, state in enumerate(states)}
    into, out = [[] for _ in states], [0.0] * len(states)
    for number_, (n, i, j) in enumerate(states):
        after = min(n, threads) - i - j
        speed = min(processors, i + after) / (i + after) / work if i + after else 0
        for state, rate in (((n + 1, i + (n < threads), j), (clients - n) / think), ((n, i - 1, j + 1), i * speed),
                            ((n, i, j - 1), min(j, places) / disk), ((n - 1, i + (n > threads), j), after * speed)):
            if rate > 0:
                into[index[state]].append((number_, rate))
                out[number_] += rate
    share = [1.0 / len(states)] * len(states)
    for sweep in range(10000):
        most = 0.0
        for number_ in range(len(states)) if sweep % 2 == 0 else range(len(states) - 1, -1, -1):
            value = sum(share[source] * rate for source, rate in into[number_]) / out[number_]
            most = max(most, abs(value - share[number_]))
            share[number_] = value
        whole = sum(share)
        share = [value / whole for value in share]
        if most < 1e-12:
            break

    def mean(what):
        return sum(value * what(*state) for value, state in zip(share, states))

    rate = mean(lambda n, i, j: (clients - n) / think)
    return {
        "X": rate, "R": mean(lambda n, i, j: n) / rate, "busy_threads": mean(lambda n, i, j: min(n, threads)),
        "processors_busy": mean(lambda n, i, j: min(processors, min(n, threads) - j)), "disk_busy": mean(lambda n, i, j: min(j, places))}


def closed_systems():
    for variant, said in read("a-closed-network")["variants"].items():
        rate, time = mean_value_analysis(said["clients"])
        compare(f"a-closed-network, {variant}, X", said["X"], rate)
        compare(f"a-closed-network, {variant}, R", said["R"], time)
    for variant, said in read("threads-that-block")["variants"].items():
        if said["workers"] > 4 and not is_long:
            continue  # 6,171 states
        for name, exact in blocking_pool(said["workers"]).items():
            compare(f"threads-that-block, {variant}, {name}", said[name], exact)


# 2. The start.

def mean_after(servers, rho, time, places):
    """How many customers there are in the mean so long after an empty start, by the chain of their number, whose moves
    are counted by a Poisson process that is as fast as the fastest of them."""
    arrive, fastest = servers * float(rho), servers * float(rho) + servers
    moves = fastest * time
    first, last = int(moves - 7 * moves**0.5), int(moves + 7 * moves**0.5)
    share, found, weights = [1.0], 0.0, 0.0
    for k in range(last + 1):
        if k >= first:
            weight = math.exp(k * math.log(moves) - moves - math.lgamma(k + 1))
            found += weight * sum(n * x for n, x in enumerate(share))
            weights += weight
        after = [0.0] * (len(share) + 1)
        for n, x in enumerate(share):
            leave = min(n, servers) / fastest
            come = arrive / fastest if n < places else 0
            after[n + 1] += x * come
            after[n - 1] += x * leave  # none leaves when n is 0
            after[n] += x * (1 - come - leave)
        while len(after) > 1 and after[-1] < 1e-14:
            after.pop()
        share = after
    return found / weights


def mean_at_last(servers, rho, places):
    weight, weights, sum_ = Fraction(1), Fraction(1), Fraction(0)
    if places == math.inf:
        return many_servers(servers, rho)["L"]
    for n in range(1, places + 1):
        weight = weight * servers * rho / min(n, servers)
        weights += weight
        sum_ += n * weight
    return sum_ / weights


def start_is_forgotten():
    systems = []
    for name, variant in [(name, variant) for name in ("one-of-c-is-free", "no-room-to-wait") for variant in FULL[name]]:
        said = settings(read(name), variant)
        places = said.get("places", math.inf)
        if is_long or said["servers"] <= 8:
            systems.append((f"{name}, {variant}", said["servers"], row(variant)[1], said["warm_up"], places))
    for name in "services-that-vary", "a-shared-processor":
        systems.append((name, 1, Fraction(4, 5), read(name)["parameters"]["warm_up"], math.inf))
    for where, servers, rho, warm_up, places in systems:
        found, exact = mean_after(servers, rho, float(number(warm_up)[0]), places), mean_at_last(servers, rho, places)
        if abs(found / float(exact) - 1) > 0.001:
            complain(f"{where}: after {warm_up} the mean is {found:.6g}, and will be {float(exact):.6g}")
    return len(systems)


# 3. Little's law.

def without(scenario, variant, keys):
    """A scenario of one variant, without these keys, and without the parameters that nothing but its claims uses then."""
    said = settings(scenario, variant)
    scenario = {key: value for key, value in scenario.items() if key not in (*keys, "description", "variants", "parameters")}
    used = set(re.findall(r"\w+", json.dumps({**scenario, "expect": []})))
    return {**scenario, "parameters": {key: value for key, value in said.items() if key in used}}


def little(name, variant, seed):
    """The run of a scenario to which nobody comes after a while, so that it ends empty: how many came, and whether the
    sum of what they stayed is the area below how many there were."""
    scenario = read(name)
    (word, load), = scenario["load"].items()
    del load["measure_from"]
    load["count"] = 300
    scenario["expect"] = [{"finally": f"{word}.finished == 300 and total({word}.latency) == area({word}.unfinished)"}]
    scenario = without(scenario, variant, ("until",))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scenario, file)
        file.flush()
        out = subprocess.run([program, "run", "--quiet", "--seed", str(seed), "--trace", "-", file.name], capture_output=True, text=True)
    stayed = area = there = since = came = 0
    for line in out.stdout.splitlines()[1:]:
        record = json.loads(line)
        if record["kind"] in ("item-arrive", "item-end"):
            area += there * (record["t"] - since)
            since = record["t"]
            there += 1 if record["kind"] == "item-arrive" else -1
            came += record["kind"] == "item-arrive"
            stayed += record.get("latency", 0)
    if out.returncode != 0 or there != 0 or came != 300 or stayed != area:
        complain(f"{name}, {variant}, seed {seed}: {came} came, {there} are left, stayed {stayed}, area {area}: "
                 f"{out.stderr[:300]}")
    return came


# 4. Replications.

def estimates(where, *words):
    """The lines that `test --estimates` says; those that do not hold are complained of."""
    out = subprocess.run([program, "test", "--estimates", *words], capture_output=True, text=True)
    told = [line[2:] for line in out.stdout.splitlines() if line.startswith("# /expect")]
    if out.returncode != 0 or not told or not all(": inside" in line and "wider" not in line for line in told):
        complain(f"{where}: does not hold: {out.stderr}")
    return f"{where}:\n  " + "\n  ".join(told)


def full(name, variant):
    sets = {"run": FULL[name][variant], "half_width": "2%"}
    if name == "one-of-c-is-free":
        sets["wait_half_width"] = "5%" if variant == "c=64 rho=.95" else "2%"
    words = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
    return estimates(f"{name}, {variant}, measured for {sets['run']}", "--variant", variant, *words, f"{SHELF}/{name}.json")


def behind_warm_up(name, variant):
    """How many are there in a short window. (The latencies of those who came in it and are gone by its end are short
    ones: they would say something else.)"""
    scenario = read(name)
    (word, load), = scenario["load"].items()
    said = settings(scenario, variant)
    window, replications = BEHIND_WARM_UP[name]
    if "clients" in load["arrive"]:
        there = said.get("clients", 50) - number(said["X"])[0] / 10  # the others think, for 100ms
    else:
        there = number(said["L"])[0] if "L" in said else number(said["W"])[0] * 4 / 5
    scenario["expect"] = [{"estimate": f"mean({word}.unfinished)", "is": f"{float(there):.6f}", "half_width": "15%", "replications": replications}]
    scenario = without(scenario, variant, ())
    scenario["parameters"]["run"] = window
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scenario, file)
        file.flush()
        return estimates(f"{name}, {variant}, {window} behind the warm-up", file.name)


def main():
    table = [(name, variant) for name in FULL for variant in FULL[name]]
    for name in FULL:
        if set(read(name)["variants"]) != set(FULL[name]):
            complain(f"{name} has other variants")
    open_systems()
    any_service()
    closed_systems()
    starts = start_is_forgotten()
    with concurrent.futures.ThreadPoolExecutor(PROCESSORS) as pool:
        items = sum(pool.map(lambda one: little(*one), [(*one, seed) for one in table for seed in ((1, 2, 3, 4) if is_long else (1,))]))
        print(f"{len(table)} variants, {starts} starts, {items} items of runs that end empty")
        if is_long:
            for told in pool.map(lambda one: full(*one), table):
                print(told, flush=True)
            for told in pool.map(lambda one: behind_warm_up(*one), [one for one in table if one[0] in BEHIND_WARM_UP]):
                print(told, flush=True)
    sys.exit(1 if wrong else 0)


main()
