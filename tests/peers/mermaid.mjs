// SPDX-License-Identifier: Apache-2.0
// mermaid.mjs FOLDER FILE...: parses each as a sequence diagram with the mermaid that is installed in FOLDER.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.argv[2] + "/");
const { JSDOM } = require("jsdom");
const page = new JSDOM("<body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const module = process.argv[2] + "/node_modules/mermaid/dist/mermaid.core.mjs";
const mermaid = (await import(pathToFileURL(module).href)).default;
for (const file of process.argv.slice(3)) {
    try {
        const { diagramType } = await mermaid.parse(readFileSync(file, "utf8"));
        if (diagramType !== "sequence") throw new Error("is a " + diagramType);
    } catch (error) {
        console.log(file + ": " + error.message);
        process.exitCode = 1;
    }
}
