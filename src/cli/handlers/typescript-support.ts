/** Makes `import()` understand TypeScript, by tsx where it is installed, else by Node itself where it can. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../../core/errors.ts";

/** The part of tsx's `esm/api` and `cjs/api` that is used. */
interface TsxApi {
  register(): unknown;
}

/** The part of its package.json that is used: `import.meta.resolve` cannot look from another project's folder. */
interface TsxPackage {
  exports: Record<"./cjs/api" | "./esm/api", { import: { default: string } }>;
}

/**
 * Prepares the process for importing `file`. tsx comes first because it runs all of TypeScript (enums, path aliases, any
 * package type); Node from 22.18 on only strips types. tsx stays in place: a handler may import more later.
 * @throws ConfigError `ERR_DEPENDENCY_MISSING` with the command that installs tsx
 */
export async function prepareTypeScript(file: string): Promise<void> {
  const problem = await registerTsx(file);
  if (problem === undefined || canStripTypes()) return;
  throw new ConfigError(
    "ERR_DEPENDENCY_MISSING",
    `Node ${process.versions.node} does not run TypeScript by itself.`,
    {
      hint: `Install tsx (npm install --save-dev tsx), use Node 22.18 or later, or give a .js file.`,
      cause: problem,
    },
  );
}

/** Whether this Node strips types (22.18 and later; earlier ones behind a flag). */
export function canStripTypes(): boolean {
  const { typescript } = process.features as { typescript?: unknown };
  return typescript === "strip" || typescript === "transform";
}

/** Where tsx is: in the project of the handler, else beside this package; undefined where it is in neither. */
function findTsx(file: string): string | undefined {
  for (const from of [pathToFileURL(file).href, import.meta.url]) {
    try {
      return createRequire(from).resolve("tsx/package.json");
    } catch {
      // not there: the next place
    }
  }
  return undefined;
}

/** Both of its loaders: a .ts file of a package without "type": "module" is CommonJS. Returns what went wrong, if so. */
async function registerTsx(file: string): Promise<unknown> {
  const found = findTsx(file);
  if (found === undefined) return new Error("tsx is not installed.");
  try {
    const { exports } = JSON.parse(readFileSync(found, "utf8")) as TsxPackage;
    for (const name of ["./cjs/api", "./esm/api"] as const) {
      // tsx 4.23's CommonJS form of these looks for its loader in the wrong folder: only the other one works
      const path = join(dirname(found), exports[name].import.default);
      const api = (await import(pathToFileURL(path).href)) as TsxApi;
      api.register();
    }
    return undefined;
  } catch (problem) {
    return problem;
  }
}
