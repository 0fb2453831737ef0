# SPDX-License-Identifier: Apache-2.0
"""Dispatchers against what they should be.

1. With as many processors as threads, and equal priorities, every dispatcher gives the trace of ideal processors, but
   for its own records: over all scenarios.
2. On few processors, random jobs are given turns as a naive scheduler gives them, which goes from instant to instant,
   ends every slice by an event and sorts whole lists. It shares nothing with the model but the rules.
3. Where everything happens at the same few instants, order is a matter of rules; yet all work is done, once, and no
   processor is idle while a thread waits for one.
4. Processor sharing ends jobs where exact fractions end them, to a nanosecond for each change of their number."""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

program, mutations = os.path.abspath(sys.argv[1]), int(sys.argv[2])
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
CASES = max(10, mutations // 25)


def run(scenario, variant=None):
    """The records of a run."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(scenario, file)
        file.flush()
        command = [program, "run", "--quiet", "--trace", "-", file.name] + (["--variant", variant] if variant else [])
        out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode not in (0, 1) or not out.stdout:
        sys.exit(f"run ended with {out.returncode}: {out.stderr[:2000]}\n{json.dumps(scenario)}")
    return [json.loads(line) for line in out.stdout.splitlines()[1:]]


# 1. As many processors as threads.

def without_turns(records):
    """Records as ideal processors would give them: numbered anew, without what only a dispatcher says."""
    number, found = {}, []
    for record in records:
        if record["kind"] == "thread-ready":
            continue
        number[record["n"]] = len(number) + 1
        for key in ("n", "step_n", "cpu"):
            record.pop(key, None)
        if record["kind"] == "thread-run":
            record.pop("why", None)
        if "cause" in record:
            record["cause"] = number.get(record["cause"], -1)
        found.append(record)
    return found


def ideal_traces():
    wrong = compared = 0
    for path in sorted(glob.glob("scenarios/*/*.json")):
        with open(path, encoding="utf-8") as file:
            scenario = json.load(file)
        machine = scenario.get("machine", {})
        if machine.get("dispatch", "ideal") != "ideal":
            continue
        if any("file" in load.get("arrive", {}) for load in scenario.get("load", {}).values()):
            continue  # its arrivals lie beside it, and the copy that is run does not
        for thread in scenario.get("threads", {}).values():
            thread.pop("priority", None)
        for key in ("expect", "questions"):
            scenario.pop(key, None)
        for port in scenario.get("ports", {}).values():
            if isinstance(port, dict) and port.get("concurrency", 0) == 0:
                port["concurrency"] = machine.get("processors", 4)
        pools = scenario.get("pools", {}).values()
        if any(pool.get("preset", "fixed") not in ("fixed", "win32") for pool in pools):
            continue  # what a parameter says how many of its workers run?
        for pool in pools:
            if pool.get("preset") == "win32":
                pool.setdefault("running_goal", machine.get("processors", 4))
        scenario["machine"] = {**machine, "processors": 200}
        wanted = None
        for variant in list(scenario.get("variants", {None: None})):
            wanted = without_turns(run(scenario, variant))
            for dispatch in ("windows-client", "windows-server", "linux-eevdf", "sharing", "round-robin"):
                other = {**scenario, "machine": {**scenario["machine"], "dispatch": dispatch}}
                if dispatch.startswith("windows"):
                    other["machine"]["object_wait_boost"] = 0
                found = without_turns(run(other, variant))
                compared += 1
                if found != wanted:
                    wrong += 1
                    at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
                    print(f"{path} [{variant}], {dispatch}: record {at + 1} is\n  {found[at:at + 1]}, not\n  {wanted[at:at + 1]}")
    print(f"{compared} traces compared with ideal processors")
    return wrong + (compared == 0)


# 2. A naive scheduler.

class Job:
    def __init__(self, number, spec, processors):
        self.number, self.base, self.phases = number, spec["priority"], list(spec["phases"])
        self.boost = self.slice = self.left = self.served = self.deadline = 0
        self.cpu = self.last = None
        self.ideal = number % processors
        self.order = 0
        self.state = "new"

    @property
    def level(self):
        return self.base + self.boost


class Naive:
    def __init__(self, case):
        self.case, self.kind, self.count = case, case["dispatch"], case["processors"]
        self.jobs = [Job(i, spec, self.count) for i, spec in enumerate(case["jobs"])]
        self.cpus = [None] * self.count
        self.last = [None] * self.count
        self.signalled = [False] * len(self.jobs)
        self.ready, self.now, self.order, self.log = [], 0, 0, []
        self.events = []
        for i, spec in enumerate(case["jobs"]):
            self.events.append((spec["at"], len(self.events), "start", i))
            for t in spec["sets"]:
                self.events.append((t, len(self.events), "set", i))

    def quantum(self):
        if self.kind != "linux-eevdf":
            return self.case["quantum"]
        return self.case["base_slice"] * (1 + (min(self.count, 8).bit_length() - 1))

    def active(self):
        return self.ready + [job for job in self.cpus if job]

    def put(self, job, how):
        quantum = self.quantum()
        if self.kind == "linux-eevdf" and how == "arrives" and self.active():
            times = [other.served for other in self.active()]
            job.served = min(times) + (sum(times) - min(times) * len(times)) // len(times)
        if self.kind == "windows-client":
            if how == "lifted" and job.base <= 15:
                job.boost = max(job.boost, min(self.case["object_wait_boost"], 15 - job.base))
            if how == "used":
                job.boost = max(0, job.boost - 1)
        if how != "taken":
            job.slice, job.deadline = quantum, job.served + quantum
        self.order += 1
        job.order = -self.order if how == "taken" and self.case["preempted_keeps_place"] else self.order
        job.state = "ready"
        self.ready.append(job)

    def best(self):
        if self.kind == "round-robin":
            return min(self.ready, key=lambda job: job.order)
        if self.kind == "windows-client":
            return min(self.ready, key=lambda job: (-job.level, job.order))
        mean = Fraction(sum(job.served for job in self.active()), len(self.active()))
        eligible = [job for job in self.ready if job.served <= mean]
        if eligible:
            return min(eligible, key=lambda job: (job.deadline, job.order))
        return min(self.ready, key=lambda job: (job.served, job.order))

    def free(self, job):
        self.last[job.cpu], self.cpus[job.cpu], job.last, job.cpu = job, None, job.cpu, None

    def take(self, job, cpu):
        self.ready.remove(job)
        self.cpus[cpu], job.cpu, job.state = job, cpu, "running"
        self.log.append((self.now, job.number, "run"))

    def deal(self):
        while self.ready:
            job = self.best()
            idle = [i for i in range(self.count) if self.cpus[i] is None]
            if idle:
                cpu = job.last if job.last in idle else job.ideal if job.ideal in idle else idle[0]
            elif self.kind == "windows-client":
                lowest = min(other.level for other in self.cpus)
                if lowest >= job.level:
                    return
                equal = [i for i in range(self.count) if self.cpus[i].level == lowest]
                cpu = job.last if job.last in equal else equal[0]
                victim = self.cpus[cpu]
                self.free(victim)
                self.put(victim, "taken" if victim.slice > 0 else "used")
            else:
                return
            self.take(job, cpu)
            if job.left == 0:
                self.next_phase(job)

    def next_phase(self, job):
        """The job executes until it uses time or stops; it has a processor."""
        while job.phases:
            what, value = job.phases.pop(0)
            if what == "compute":
                job.left = value
                return
            if what == "wait" and self.signalled[job.number]:
                self.signalled[job.number] = False
                continue
            job.state = what
            self.free(job)
            if what == "sleep":
                self.events.append((self.now + value, len(self.events), "wake", job.number))
            return
        self.log.append((self.now, job.number, "exit"))
        job.state = "ended"
        self.free(job)

    def handle(self, what, number):
        job = self.jobs[number]
        if what == "set":
            if job.state == "wait":
                self.put(job, "arrives" if self.kind == "linux-eevdf" else "lifted")
            else:
                self.signalled[number] = True
        else:
            self.put(job, "arrives")

    def advance(self, to):
        for job in self.cpus:
            if job:
                job.left -= to - self.now
                job.slice -= to - self.now
                job.served += to - self.now
        self.now = to

    def run(self):
        while True:
            times = [event[0] for event in self.events]
            times += [self.now + min(job.left, job.slice) for job in self.cpus if job]
            if not times:
                return self.log
            self.advance(min(times))
            for job in [job for job in self.cpus if job and job.left == 0]:
                self.next_phase(job)
            for job in [job for job in self.cpus if job and job.slice == 0]:
                cpu = job.cpu
                self.cpus[cpu] = None
                self.put(job, "used")
                if self.best() is job:
                    self.ready.remove(job)
                    self.cpus[cpu], job.state = job, "running"
                else:
                    self.cpus[cpu] = job
                    self.free(job)
            self.deal()
            for event in sorted(event for event in self.events if event[0] == self.now):
                self.events.remove(event)
                self.handle(*event[2:])
                self.deal()


def random_case(chance):
    jobs = []
    for _ in range(chance.randint(2, 7)):
        phases, sets = [], []
        for _ in range(chance.randint(1, 5)):
            phases.append(("compute", chance.randint(1, 3000000)))
            if chance.random() < 0.5:
                phases.append(("sleep", chance.randint(1, 2000000)))
            else:
                phases.append(("wait", None))
                sets.append(chance.randint(0, 9000000))
        sets = sorted(set(sets))
        phases = phases[:-1] if phases[-1][0] == "sleep" else phases
        jobs.append({"at": chance.randint(0, 3000000), "priority": chance.choice([6, 8, 8, 8, 10, 14, 15, 16, 20]),
                     "phases": phases, "sets": sets})
    return {"dispatch": chance.choice(["windows-client", "round-robin", "linux-eevdf"]), "processors": chance.randint(1, 3),
            "quantum": chance.randint(100000, 1500000), "base_slice": chance.randint(100000, 700000), "jobs": jobs,
            "object_wait_boost": chance.randint(0, 4), "preempted_keeps_place": chance.random() < 0.5}


def as_scenario(case):
    threads, events = {}, {}
    step = {"compute": lambda value, i: {"compute": f"{value}ns"}, "sleep": lambda value, i: {"sleep": f"{value}ns"},
            "wait": lambda value, i: {"wait": f"E{i}"}}
    for i, job in enumerate(case["jobs"]):
        threads[f"J{i}"] = {"at": f"{job['at']}ns", "priority": job["priority"], "may_wait": True,
                            "runs": [step[what](value, i) for what, value in job["phases"]]}
    for i, job in enumerate(case["jobs"]):
        events[f"E{i}"] = {}
        runs, now = [], 0
        for t in job["sets"]:
            runs += [{"sleep": f"{t - now}ns"}, {"set": f"E{i}"}] if t > now else [{"set": f"E{i}"}]
            now = t
        threads[f"R{i}"] = {"type": "remote", "background": True, "runs": runs}
    machine = {"processors": case["processors"], "dispatch": case["dispatch"]}
    if case["dispatch"] == "linux-eevdf":
        machine["base_slice"] = f"{case['base_slice']}ns"
    else:
        machine["quantum"] = f"{case['quantum']}ns"
    if case["dispatch"] == "windows-client":
        machine.update(object_wait_boost=case["object_wait_boost"], preempted_keeps_place=case["preempted_keeps_place"])
    return {"format": 1, "machine": machine, "events": events, "threads": threads}


def naive_schedules():
    wrong = turns = 0
    for number in range(CASES * 3):
        case = random_case(random.Random(20261128 + number))
        found = [(record["t"], int(record["thread"][1:]), record["kind"].removeprefix("thread-"))
                 for record in run(as_scenario(case))
                 if record["kind"] in ("thread-run", "thread-exit") and record["thread"].startswith("J")]
        wanted = [entry for entry in Naive(case).run()]
        turns += len(wanted)
        if found != wanted:
            wrong += 1
            at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
            print(f"case {number}, {case['dispatch']}, {case['processors']} processors: turn {at + 1} is {found[at:at + 1]}, "
                  f"not {wanted[at:at + 1]}\n{json.dumps(as_scenario(case))}")
            break
    print(f"{CASES * 3} random schedules, {turns} turns and ends")
    return wrong + (turns == 0)


# 3. Ties.

def coarse(case, chance):
    """The same case on a grid so coarse that most things coincide."""
    unit = 1000000
    for job in case["jobs"]:
        job["at"] = job["at"] // unit * unit
        job["phases"] = [(what, value and (value // unit + (what == "compute")) * unit) for what, value in job["phases"]]
        job["sets"] = [t // unit * unit for t in job["sets"]]
    case["quantum"] = case["base_slice"] = unit * chance.randint(1, 2)
    return case


def conserved(case, records):
    """What is wrong with the turns of jobs; None when nothing is."""
    state, cpu, ran, now, began = {}, {}, {}, 0, {}
    for record in records:
        name, kind = record.get("thread", ""), record["kind"]
        if record["t"] > now:
            running = sum(1 for what in state.values() if what == "running")
            if running < case["processors"] and "ready" in state.values():
                return f"a thread waits and a processor is idle from {now} to {record['t']}"
            now = record["t"]
        if not name.startswith("J"):
            continue
        if kind in ("thread-preempt", "thread-block", "thread-exit") or (kind == "thread-ready" and state.get(name) == "running"):
            ran[name] = ran.get(name, 0) + now - began.pop(name)
            cpu.pop(name)
        if kind in ("thread-create", "thread-unblock", "thread-ready", "thread-preempt"):
            state[name] = "ready"
        elif kind == "thread-run":
            if record["cpu"] in cpu.values():
                return f"two threads run on processor {record['cpu']} at {now}"
            state[name], cpu[name], began[name] = "running", record["cpu"], now
        elif kind in ("thread-block", "thread-exit"):
            state[name] = kind
    for i, job in enumerate(case["jobs"]):
        asked = sum(value for what, value in job["phases"] if what == "compute")
        if state.get(f"J{i}") != "thread-exit" or ran.get(f"J{i}", 0) != asked:
            return f"J{i} has run for {ran.get(f'J{i}', 0)} of {asked} ns and is {state.get(f'J{i}')}"
    return None


def ties():
    wrong = 0
    for number in range(CASES * 3):
        chance = random.Random(4711 + number)
        case = coarse(random_case(chance), chance)
        for job in case["jobs"]:
            # Late enough for every wait to have begun: nobody waits in vain.
            job["sets"] = [t + 1000000 * i for i, t in enumerate(job["sets"])]
            job["sets"] += [200000000 * (1 + i) for i in range(sum(1 for what, _ in job["phases"] if what == "wait"))]
        found = conserved(case, run(as_scenario(case)))
        if found:
            wrong += 1
            print(f"tie case {number}, {case['dispatch']}: {found}\n{json.dumps(as_scenario(case))}")
            break
    print(f"{CASES * 3} schedules full of ties")
    return wrong


# 4. Processor sharing in fractions.

def share_exactly(jobs, processors):
    """When each job ends, and how often the number of those that run has changed."""
    now, changes, left, ends = Fraction(0), 0, {}, {}
    arrivals = sorted((at, i) for i, (at, work) in enumerate(jobs))
    while arrivals or left:
        rate = min(Fraction(1), Fraction(processors, len(left))) if left else Fraction(0)
        finish = now + min(left.values()) / rate if left else None
        if arrivals and (finish is None or arrivals[0][0] < finish):
            until, done = Fraction(arrivals[0][0]), []
        else:
            until, done = finish, [i for i in left if now + left[i] / rate == finish]
        left = {i: work - (until - now) * rate for i, work in left.items() if i not in done}
        now, changes = until, changes + 1
        for i in done:
            ends[i] = now
        if not done:
            at, i = arrivals.pop(0)
            left[i] = Fraction(jobs[i][1])
    return ends, changes


def shared():
    wrong = 0
    for number in range(CASES):
        chance = random.Random(777 + number)
        processors = chance.randint(1, 4)
        scale = chance.choice([20, 1000, 10 ** 9])
        jobs = [(chance.randint(0, scale), chance.randint(1, scale)) for _ in range(chance.randint(1, 9))]
        scenario = {"format": 1, "machine": {"processors": processors, "dispatch": "sharing"},
                    "threads": {f"J{i}": {"at": f"{at}ns", "runs": [{"compute": f"{work}ns"}]} for i, (at, work) in enumerate(jobs)}}
        ends, changes = share_exactly(jobs, processors)
        for record in run(scenario):
            if record["kind"] == "thread-exit":
                late = record["t"] - ends[int(record["thread"][1:])]
                if not -changes < late < changes:
                    wrong += 1
                    print(f"sharing case {number}: {record['thread']} ends at {record['t']}, exactly {float(late)} ns off: {scenario}")
    print(f"{CASES} cases of sharing")
    return wrong


sys.exit(1 if ideal_traces() + naive_schedules() + ties() + shared() else 0)
