/** Samples as the bytes that programs read and write, and running a program over them. */
import { spawn } from "node:child_process";

/** float32, in this machine's order of bytes. */
export function toBytes(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

export function fromBytes(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.byteLength & -4)));
}

/** Runs a program from `input` to its end; rejects, with what it had to say, where it fails. */
export async function runFilter(
  program: string,
  words: readonly string[],
  input?: Buffer,
): Promise<{ stdout: Buffer; stderr: string }> {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"] });
  const [stdout, stderr]: Buffer[][] = [[], []];
  child.stdout.on("data", (bytes: Buffer) => stdout!.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => stderr!.push(bytes));
  child.stdin.on("error", () => {}); // a program that ends early says why on stderr and by its exit code
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const said = Buffer.concat(stderr!).toString();
  if (code !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${code}: ${said.slice(-2000)}`);
  return { stdout: Buffer.concat(stdout!), stderr: said };
}
