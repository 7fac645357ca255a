// Runs a WebAssembly program with the system interface, preview 1, of node: it has the environment, the current folder, under its own
// name, and that for passing use.
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { WASI } from "node:wasi";

const [program, ...rest] = process.argv.slice(2);
const env = { ...process.env, PWD: process.cwd() };
const preopens = { "/tmp": tmpdir(), [process.cwd()]: "." };
const wasi = new WASI({ version: "preview1", args: [program, ...rest], env, preopens });
const module = await WebAssembly.compile(readFileSync(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
