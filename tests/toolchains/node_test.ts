import { toolchainTest } from "./toolchain.ts";

toolchainTest("node runs scripts, worker threads and child processes", {
  needs: ["node"],
  files: {
    "main.mjs": `import { Worker } from "node:worker_threads";
import { execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { createHash } from "node:crypto";
import http from "node:http";
import { gzipSync, gunzipSync } from "node:zlib";

const worker = new Worker(new URL("worker.mjs", import.meta.url));
worker.postMessage(20);
console.log("worker", (await once(worker, "message"))[0]);
await worker.terminate();
console.log("child", execFileSync("echo", ["synchronous"]).toString().trim());
const shell = spawn("sh", ["-c", "cat; exit 3"], { stdio: ["pipe", "inherit", "inherit"] });
shell.stdin.end("piped\\n");
console.log("code", (await once(shell, "exit"))[0]);
const forked = fork(new URL("forked.mjs", import.meta.url));
forked.send("ping");
console.log("fork", (await once(forked, "message"))[0]);
forked.disconnect();
const watcher = watch(".");
const seen = once(watcher, "change");
await writeFile("made", "text");
await seen;
watcher.close();
console.log("file", await readFile("made", "utf8"));
const server = http.createServer((_, response) => response.end("hello")).listen(0, "localhost");
await once(server, "listening");
const answer = await fetch("http://localhost:" + server.address().port);
console.log("http", await answer.text());
server.closeAllConnections();
server.close();
console.log("hash", createHash("sha256").update(gunzipSync(gzipSync("x"))).digest("hex").slice(0, 8));
`,
    "worker.mjs": `import { parentPort } from "node:worker_threads";
parentPort.on("message", (n) => parentPort.postMessage(n * 2));
`,
    "forked.mjs": `process.on("message", () => process.send("pong"));
`,
  },
  script: "node main.mjs",
  prints: `worker 40
child synchronous
piped
code 3
fork pong
file text
http hello
hash 2d711642
`,
});

toolchainTest("npm installs from disk, builds and tests without a network", {
  needs: ["node", "npm"],
  files: {
    "package.json": JSON.stringify({
      name: "tool",
      version: "1.0.0",
      scripts: {
        build: "node build.js",
        pretest: "npm run --silent build",
        test: "node --test > tests.log && echo tested",
      },
      dependencies: { dependency: "file:dependency" },
    }),
    "build.js": 'require("fs").writeFileSync("built", "yes");\n',
    "tool.test.js": `const test = require("node:test");
test("is built", () => require("assert").equal(require("fs").readFileSync("built", "utf8"), "yes"));
test("has its dependency", () => require("assert").equal(require("dependency"), 42));
`,
  },
  // npm asks for a home directory and refuses to run where there is none.
  script: `
    export HOME=/tmp
    mkdir dependency
    echo '{"name":"dependency","version":"1.0.0"}' > dependency/package.json
    echo 'module.exports = 42;' > dependency/index.js
    npm install --offline --silent --no-audit --no-fund > install.log
    npm test --silent
  `,
  prints: "tested\n",
});
