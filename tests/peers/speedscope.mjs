// SPDX-License-Identifier: Apache-2.0
// speedscope.mjs FOLDER FILE...: imports each as speedscope does when a file is dropped on it, and prints, a line each, what
// it then has in its own file format. The program is a page: it is run without being shown, and the names by which it
// calls its own importer and exporter are read from it, since it hands out neither.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(process.argv[2] + "/");
const { JSDOM, VirtualConsole } = require("jsdom");
const folder = process.argv[2] + "/node_modules/speedscope/dist/release/";
const program = readFileSync(folder + readdirSync(folder).find((name) => /^speedscope-\w+\.js$/.test(name)), "utf8");
const importer = /loadFileFromBase64:\(\w+,\w+\)=>\{this\.loadProfile\(\(\)=>(\w+)\(/.exec(program)[1];
const exporter = /function (\w+)\(\w+\)\{let \w+=\[\],\w+=new Map;function (?:(?!function).)*exporter:`speedscope@/.exec(program)[1];
const mounted = /\w+\(\w+\(\w+,null,\w+\(\w+,null\)\),document\.body,document\.body\.lastElementChild\|\|void 0\);\}\)\(\);\s*(\/\/.*)?\s*$/;
if (!mounted.test(program)) throw new Error("this speedscope is built otherwise");
const told = [];
const page = new JSDOM("<body></body>", { url: "http://localhost/", runScripts: "outside-only", virtualConsole: new VirtualConsole() });
for (const level of ["warn", "error"]) page.window.console[level] = (...words) => told.push(words.join(" "));
Object.assign(page.window, { TextDecoder, TextEncoder });
page.window.eval(program.replace(mounted, `window.importing=${importer};window.exporting=${exporter};})();`));
for (const file of process.argv.slice(3)) {
    try {
        const group = await page.window.importing(basename(file), readFileSync(file).toString("base64"));
        if (!group) throw new Error("it is taken for no profile");
        console.log(JSON.stringify(page.window.exporting(group)));
    } catch (error) {
        told.push(error.message);
        console.log("{}");
    }
    for (const words of told.splice(0)) {
        console.error(basename(file) + ": " + words);
        process.exitCode = 1;
    }
}
