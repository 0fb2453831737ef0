# SPDX-License-Identifier: Apache-2.0
"""Chromium paints the timeline, and for two hundred random times the colour on a thread's lane is that of the state
which the records give it then."""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

from views import complain, finish, records_of, run

browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if browser is None:
    print("chromium is not there")
    sys.exit(77)
SCENARIOS = ["scenarios/ports/two-at-once-five-threads.json", "scenarios/lessons/bounded-buffer.json",
             "scenarios/processors/quantum-of-windows.json", "scenarios/ports/the-oldest-waiter.json"]
LEFT, RIGHT = 170, 1280 - 24
COLOURS = dict(re.findall(r'THREAD_TYPE\(\w+, "([^"]+)", \'.\', "(#\w+)"', open("model/thread_type.def").read()))


def pixels(path):
    """The rows of a PNG of eight bits a channel."""
    data, at, packed = open(path, "rb").read(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        elif kind == b"IDAT":
            packed += body
    size = {2: 3, 6: 4}[colour]
    raw, rows, last = zlib.decompress(packed), [], bytearray(width * size)
    for y in range(height):
        method = raw[y * (width * size + 1)]
        line = bytearray(raw[y * (width * size + 1) + 1:(y + 1) * (width * size + 1)])
        for x in range(len(line)):
            a = line[x - size] if x >= size else 0
            b, c = last[x], last[x - size] if x >= size else 0
            if method == 1:
                line[x] = line[x] + a & 255
            elif method == 2:
                line[x] = line[x] + b & 255
            elif method == 3:
                line[x] = line[x] + (a + b) // 2 & 255
            elif method == 4:
                p = a + b - c
                line[x] = line[x] + min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2] & 255
        rows.append(line)
        last = line
    return lambda x, y: tuple(rows[y][x * size:x * size + 3])


def is_like(pixel, colour):
    """Whether a pixel is of a type's colour, or of the pattern on it."""
    wanted = [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
    return max(abs(one - other) for one, other in zip(pixel, wanted)) < 90


def states_of(records):
    """By thread: its type, and when it came into which state."""
    lanes = {}
    for record in records:
        kind, thread = record["kind"], record.get("thread")
        state = {"thread-create": "ready", "thread-unblock": "ready", "thread-ready": "ready", "thread-preempt": "ready",
                 "packet-release": "ready", "thread-run": "running", "thread-block": "blocked", "port-wait": "parked",
                 "thread-exit": "ended"}.get(kind)
        if kind == "port-timeout" and lanes.get(thread, (0, [("", "")]))[1][-1][1] == "parked":
            state = "ready"
        if thread and state:
            lanes.setdefault(thread, (record["type"], []))[1].append((record["t"], state))
    return lanes


def looks(pixel_at, x, y, colour):
    """The state that the lane shows: by height and fill."""
    top, middle, low = (pixel_at(x, y + row) for row in (4, 11, 18))
    if is_like(top, colour) and is_like(low, colour):
        return "running"
    if is_like(low, colour):
        return "blocked"
    if is_like(middle, colour):
        return "parked"
    return "ready or none"


def sheets_of(folder, scenario):
    """How many sheets of which size the browser prints."""
    picture, printed = os.path.join(folder, "sheets.svg"), os.path.join(folder, "sheets.pdf")
    run("render", scenario, "--as", "svg", "--pages", "3", "-o", picture)
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile",
                    f"--print-to-pdf={printed}", "file://" + picture], capture_output=True, timeout=120)
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", open(printed, "rb").read()) if os.path.exists(printed) else []
    return [(round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) for width, height in boxes]


checked, chance = 0, random.Random(1)
with tempfile.TemporaryDirectory() as folder:
    if sheets_of(folder, SCENARIOS[0]) != [(297, 210)] * 3:
        complain("three sheets are printed as", sheets_of(folder, SCENARIOS[0]))
    for scenario in SCENARIOS:
        name, picture, shot = os.path.basename(scenario), os.path.join(folder, "p.svg"), os.path.join(folder, "p.png")
        run("render", scenario, "--as", "svg", "--width", "1280", "-o", picture)
        text = open(picture, encoding="utf-8").read()
        height = int(re.search(r'height="(\d+)"', text)[1])
        subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
                        f"--window-size=1280,{height}", f"--screenshot={shot}", "file://" + picture], capture_output=True, timeout=120)
        if not os.path.exists(shot):
            complain(name, "no screenshot")
            continue
        pixel_at, records = pixels(shot), records_of(scenario)
        end, lanes = records[-1]["t"], states_of(records)
        edges = [LEFT + record["t"] / end * (RIGHT - LEFT) for record in records]
        rows = {called: int(y) // 10 - 15 for y, called in re.findall(r'<text x="400" y="(\d+)" fill="#222222">([^<]*)</text>', text)}
        for thread, (kind, states) in lanes.items():
            if thread not in rows:
                complain(name, thread, "has no lane")
        tries = 0
        while checked < 50 * (SCENARIOS.index(scenario) + 1) and tries < 5000:
            tries += 1
            thread = chance.choice(sorted(lanes))
            kind, states = lanes[thread]
            x = chance.randrange(LEFT + 2, RIGHT - 2)
            t = (x + 0.5 - LEFT) / (RIGHT - LEFT) * end
            if min(abs(x + 0.5 - edge) for edge in edges) < 4:
                continue
            now = ([state for since, state in states if since <= t] or ["none"])[-1]
            seen = looks(pixel_at, x, rows[thread], COLOURS[kind])
            wanted = "ready or none" if now in ("ready", "ended", "none") else now
            if seen != wanted:
                complain(name, thread, "is", now, "at", round(t), "and the picture shows it", seen, "at x", x)
            checked += 1
if checked < 200:
    complain("only", checked, "times could be checked")
finish(f"{checked} times")
