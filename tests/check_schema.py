# SPDX-License-Identifier: Apache-2.0
"""The schema rejects a file without diagnostics of class text exactly when it has one of class form: over all
scenarios, all fixtures, and mutations of them (as many as the second argument says)."""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

import jsonschema

program, wanted = os.path.abspath(sys.argv[1]), int(sys.argv[2])
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
schema = json.loads(subprocess.run([program, "schema"], capture_output=True, check=True, text=True).stdout)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def classes(paths):
    """The classes of the diagnostics of each file."""
    out = subprocess.run([program, "check", "--json"] + paths, capture_output=True, text=True)
    if out.returncode not in (0, 65):
        sys.exit(f"check ended with {out.returncode}: {out.stderr[:500]}")
    found = {path: set() for path in paths}
    for line in out.stdout.splitlines():
        one = json.loads(line)
        found[one["file"]].add(one["class"])
    return found


def agree(paths):
    wrong = 0
    for path, of in classes(paths).items():
        if "text" in of:
            continue
        with open(path, encoding="utf-8") as file:
            rejected = not validator.is_valid(json.load(file))
        if rejected != ("form" in of):
            print(f"{path}: the schema {'rejects' if rejected else 'accepts'}, the loader finds {sorted(of)}")
            print(open(path, encoding="utf-8").read()[:600])
            wrong += 1
    return wrong


ATOMS = [None, True, False, 0, 1, -3, 2, "", "x", "8ms", "{p}", "a[0]", [], {}, ["x"], {"//": "c"}, {"log": "x"},
         {"uniform": ["1ms", "2ms"]}, {"exponential": "1ms"}, ["yield"], "yield", {"callback": "f"}, [[1]], {"k": 2}]


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, path + (index,))


def atom(chance):
    """A new value each time: one that is shared could be put into itself."""
    return json.loads(json.dumps(chance.choice(ATOMS)))


def mutate(value, chance, words):
    value = json.loads(json.dumps(value))
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(list(places(value)))
        if not path:
            continue
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        what = chance.randrange(5)
        if what == 0:
            parent[path[-1]] = atom(chance)
        elif what == 1 and isinstance(parent, dict):
            parent[chance.choice(words)] = parent.pop(path[-1])
        elif what == 2:
            del parent[path[-1]]
        elif what == 3 and isinstance(parent, dict):
            parent[chance.choice(words)] = atom(chance)
        elif what == 4 and isinstance(parent, list):
            parent.insert(chance.randint(0, len(parent)), atom(chance))
    return value


scenarios = sorted(glob.glob("scenarios/*/*.json") + glob.glob("scenarios/*/*/*.json"))
fixtures = sorted(glob.glob("tests/fixtures/bad/*.json"))
wrong = agree(scenarios) + agree(fixtures)
bases = []
for path in scenarios + fixtures:
    try:
        with open(path, encoding="utf-8") as file:
            bases.append(json.load(file))
    except ValueError:
        pass
words = sorted({word for of in schema["$defs"].values() if isinstance(of, dict)
                for one in [of] + of.get("anyOf", []) if isinstance(one, dict)
                for word in one.get("properties", {})}) + ["zzz", "raed"]
chance = random.Random(20261124)
rejected = 0
with tempfile.TemporaryDirectory() as folder:
    batch = []
    for number in range(wanted):
        path = os.path.join(folder, f"{number}.json")
        mutated = mutate(chance.choice(bases), chance, words)
        rejected += not validator.is_valid(mutated)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(mutated, file)
        batch.append(path)
    for first in range(0, wanted, 200):
        wrong += agree(batch[first:first + 200])
print(f"{len(scenarios)} scenarios, {len(fixtures)} fixtures, {wanted} mutations ({rejected} rejected): {wrong} disagree")
sys.exit(1 if wrong or rejected == 0 else 0)
