# SPDX-License-Identifier: Apache-2.0
"""paint.py PROGRAM: a row of the benchmarks: how long Chromium takes to read and paint an SVG timeline of 1,000 callbacks,
without a graphics processor; the best of twenty, from its text to a pixel that is read back. Nothing without Chromium."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

GOAL = 50
PAGE = """<pre id="out"></pre><script>
const svg = %s;
(async () => {
    let best = Infinity;
    for (let i = 0; i < 20; i++) {
        const begun = performance.now(), image = new Image(), canvas = document.createElement("canvas");
        image.src = "data:image/svg+xml," + encodeURIComponent(svg + "<!--" + i + "-->");
        await image.decode();
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.getContext("2d").drawImage(image, 0, 0);
        canvas.getContext("2d").getImageData(5, 5, 1, 1);
        best = Math.min(best, performance.now() - begun);
    }
    document.getElementById("out").textContent = best.toFixed(1);
})();
</script>"""

browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if browser is None:
    print("V   how long a picture takes to be painted needs Chromium: make peers")
    sys.exit(0)
with tempfile.TemporaryDirectory() as folder:
    svg = subprocess.run([sys.argv[1], "render", "bench/scenarios/server.json", "--until", "1030us", "--as", "svg"],
                         capture_output=True, check=True).stdout.decode()
    page = os.path.join(folder, "page.html")
    with open(page, "w", encoding="utf-8") as out:
        out.write(PAGE % json.dumps(svg).replace("</", "<\\/"))
    shown = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--timeout=15000",
                            "--dump-dom", "file://" + page], capture_output=True, timeout=120).stdout.decode()
found = re.search(r'<pre id="out">([\d.]+)', shown)
if found is None:
    print("V   Chromium painted nothing")
    sys.exit(1)
figure = float(found[1])
print(f"{'V':<3} {'the same, read and painted by Chromium':<58} {figure:>9.4g} {'ms':<11} {f'{GOAL} ms':>8}  {'met' if figure <= GOAL else 'NOT'}")
