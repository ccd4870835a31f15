/** Runs the project's scripts as a person does, on small trees of files made for one test. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** What a script left: its exit code (null after a signal) and both outputs, in the order they came. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `node scripts/<script> ...args` with nothing on its input. */
export function runScript(script: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(repository, "scripts", script), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/**
 * Makes a folder with `files` (path → text), hands it to `use` and removes it again. It lies below build/, so that
 * what runs in it finds node_modules.
 */
export async function withTree<T>(
  files: Record<string, string>,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const parent = join(repository, "build", "fixtures");
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, "tree-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
