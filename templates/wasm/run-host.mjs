// Runs a WebAssembly program whose host gives `write` and `exit`, with 32-bit or 64-bit memory.
import { readFileSync, writeSync } from "node:fs";

class Exit {
  constructor(code) {
    this.code = code;
  }
}

let memory;
const env = {
  write(fd, from, count) {
    let written = -1;
    try {
      written = writeSync(fd, new Uint8Array(memory.buffer, Number(from), Number(count)));
    } catch {
      // The program is told by -1.
    }
    return typeof count === "bigint" ? BigInt(written) : written;
  },
  exit(code) {
    throw new Exit(code);
  },
};
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { env });
memory = instance.exports.memory;
try {
  instance.exports._start();
} catch (end) {
  if (!(end instanceof Exit)) throw end;
  process.exitCode = end.code;
}
