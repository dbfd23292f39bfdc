// Runs a cartridge in an emulator that is compiled for browsers, in Chromium without a window. It takes the same arguments and
// writes the same as headless.c, for emulators that Linux distributions do not have:
//
//     node browser.mjs EMULATOR CARTRIDGE FILE
//
// The emulator is one of EmulatorJS, whose packages are downloaded with npm when they are first needed.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "4.2.3";
const SECONDS = 150;
const BROWSERS = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"];

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

if (process.argv.length !== 5) {
    console.error("usage: node browser.mjs EMULATOR CARTRIDGE FILE");
    process.exit(2);
}
const [emulator, cartridge, file] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));

// The folder of a package, which is downloaded if it is not there yet. `npm install` would also download all other emulators.
function packageFolder(name) {
    const downloads = join(here, "../target/emulatorjs");
    const folder = join(downloads, `${name}-${VERSION}`);
    if (!existsSync(folder)) {
        const unpacked = `${folder}.unpacking`;
        rmSync(unpacked, { recursive: true, force: true });
        mkdirSync(unpacked, { recursive: true });
        const archive = execFileSync("npm", ["pack", "--silent", `@emulatorjs/${name}@${VERSION}`], {
            cwd: downloads,
            encoding: "utf8",
        }).trim();
        execFileSync("tar", ["-xzf", join(downloads, archive), "-C", unpacked, "--strip-components=1"]);
        rmSync(join(downloads, archive));
        renameSync(unpacked, folder);
    }
    return folder;
}

const page = join(packageFolder("emulatorjs"), "data");
const core = packageFolder(`core-${emulator}`);

// The file that a path of the page names.
function served(path) {
    if (path === "/") return join(here, "browser.html");
    if (path === `/${basename(cartridge)}`) return cartridge;
    if (path.includes("..")) return undefined;
    if (path.startsWith("/data/cores/")) return join(core, path.slice("/data/cores/".length));
    return join(page, path.slice("/data/".length));
}

let finish;
const finished = new Promise((resolve) => (finish = resolve));
const results = {};

const server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    // The emulator has threads, which share memory only in pages that are isolated from others.
    const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
    if (request.method === "POST") {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
            results[url.pathname] = Buffer.concat(parts);
            response.writeHead(204, headers).end();
            if (url.pathname === "/screen") finish();
        });
        return;
    }
    const path = served(url.pathname);
    if (!path || !existsSync(path)) {
        response.writeHead(404, headers).end();
        return;
    }
    headers["Content-Type"] = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, headers);
    createReadStream(path).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const profile = mkdtempSync(join(tmpdir(), "browser-"));
const browserArguments = [
    "--headless",
    `--user-data-dir=${profile}`,
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--mute-audio",
    // Nothing from other computers.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    `http://127.0.0.1:${server.address().port}/?emulator=${emulator}&cartridge=${basename(cartridge)}`,
];
const executable = BROWSERS.find((name) => name && spawnSync("which", [name]).status === 0);
if (!executable) {
    console.error("Chromium is not installed; on Debian and Ubuntu run `sudo apt install chromium`");
    process.exit(1);
}
const browser = spawn(executable, browserArguments, { stdio: "ignore", detached: true });
browser.on("exit", finish);
const timer = setTimeout(finish, SECONDS * 1000);
await finished;
clearTimeout(timer);
browser.removeListener("exit", finish);
if (browser.exitCode === null) {
    const exited = new Promise((resolve) => browser.on("exit", resolve));
    process.kill(-browser.pid);
    await exited;
}
server.close();
server.closeAllConnections();
rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

process.stdout.write(results["/log"] ?? "");
if (!results["/screen"]) {
    console.error(`the cartridge did not finish within ${SECONDS} seconds; the emulator says:\n${results["/messages"] ?? ""}`);
    process.exit(1);
}
writeFileSync(file, results["/screen"]);
