# SPDX-License-Identifier: Apache-2.0
"""protoc reads the .pftrace files with the part of Perfetto's schema in tests/perfetto.proto; the slices in them are
those of the records, and the flows lead from issue to callback."""
import collections
import os
import re
import shutil
import subprocess
import sys

from views import SCENARIOS, callbacks_of, complain, finish, records_of, run

if shutil.which("protoc") is None:
    print("protoc is not there")
    sys.exit(77)
slices = 0
for scenario in SCENARIOS:
    name = os.path.basename(scenario)
    decoded = subprocess.run(["protoc", "--decode=Trace", "-Itests", "tests/perfetto.proto"],
                             input=run("render", scenario, "--as", "perfetto"), capture_output=True)
    if decoded.returncode != 0 or decoded.stderr:
        complain(name, decoded.stderr.decode()[-300:])
        continue
    packets = re.split(r"^packet \{$", decoded.stdout.decode(), flags=re.M)[1:]
    tracks, open_slices, found, flows = set(), collections.defaultdict(list), [], collections.Counter()
    if any(re.search(r"^ +\d+: ", packet, re.M) for packet in packets):
        complain(name, "fields that the schema does not have")
    names, decided = {}, 0
    for packet in packets:
        described = re.search(r"^  track_descriptor \{\n    uuid: (\d+)", packet, re.M)
        if described:
            tracks.add(described[1])
        for number, called in re.findall(r"iid: (\d+)\n +name: (.*)", packet):
            names[number] = called
        if "track_event {" not in packet:
            continue
        time = int(re.search(r"timestamp: (\d+)", packet)[1]) if "timestamp" in packet else 0
        track = re.search(r"track_uuid: (\d+)", packet)[1]
        kind = int(re.search(r"^    type: (\d+)", packet, re.M)[1])
        if track not in tracks:
            complain(name, "an event on a track that is not described")
        number = re.search(r"name_iid: (\d+)", packet)
        if number and number[1] not in names:
            complain(name, "a name by a number that was not sent")
        if kind == 1:
            end = re.search(r"terminating_flow_ids: (\d+)", packet)
            step = re.search(r"^    flow_ids: (\d+)", packet, re.M)
            for flow in filter(None, (end, step)):
                flows[flow[1], end is not None] += 1
            op = re.search(r"uint_value: (\d+)", packet)
            is_callback = number is not None and int(number[1]) >= 4096
            is_work = re.search(r"^ +name: \"record\"$", packet, re.M) is not None
            open_slices[track].append((is_callback, None if op is None else f"@{op[1]}" if is_work else int(op[1]), time))
            slices += 1
        elif kind == 3:
            decided += 1
        elif kind == 2:
            if not open_slices[track]:
                complain(name, "an end without a beginning")
                continue
            is_callback, op, begin = open_slices[track].pop()
            if is_callback:
                found.append((op, begin, time))
    if any(open_slices.values()):
        complain(name, "a slice that does not end")
    records = records_of(scenario)
    if decided != sum(record["kind"] == "climb" or (record["kind"] == "pool-target" and record["why"] != "climb") for record in records):
        complain(name, decided, "decisions of pools")
    if sorted(found, key=str) != callbacks_of(records):
        complain(name, "callbacks are", found[:5], "and not", callbacks_of(records)[:5])
    if any(is_end and (count != 1 or flows[number, False] == 0) for (number, is_end), count in flows.items()):
        complain(name, "a flow that ends twice, or without a beginning")
if slices < 120:
    complain("only", slices, "slices")
finish(f"{len(SCENARIOS)} scenarios, {slices} slices")
