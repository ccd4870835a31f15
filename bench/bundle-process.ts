/** Programs of the benchmark that run in a process of their own. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Bundles a program to plain JavaScript below `build/bench`: a TypeScript loader in its process would slow it down.
 * @param source the TypeScript file
 * @returns the path of what to run
 */
export async function bundleProcess(source: URL): Promise<string> {
  const entry = fileURLToPath(source);
  const program = fileURLToPath(new URL(`../build/bench/${basename(entry, ".ts")}.mjs`, import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
  });
  return program;
}
