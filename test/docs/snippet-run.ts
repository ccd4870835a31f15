/** Type-checks and runs the snippets of a page, as a reader would who copies them into a project with Voxwire in it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Snippet } from "./snippet-blocks.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Where snippets lie and how long they may take. */
export interface RunOptions {
  /** A folder inside the repository, so that `voxwire` resolves to the built package. Written to. */
  readonly folder: string;
  /** The folder of companions, `<name>.ts`. */
  readonly companions: string;
  /** What one snippet may take in all, in ms. */
  readonly deadlineMs: number;
}

/** Type-checks all snippets in one run of the compiler; returns errors as `page:line: message`. */
export function typeCheck(snippets: readonly Snippet[], { folder }: RunOptions): string[] {
  const byPath = new Map(snippets.map((snippet) => [fileOf(snippet), snippet]));
  for (const snippet of snippets) write(snippet, folder, snippet.code);
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    moduleDetection: "force",
    types: ["node"],
    typeRoots: [join(repository, "node_modules", "@types")],
    strict: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: [...byPath.keys()] }),
  );
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json", "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status === 0) return [];
  const errors = `${result.stdout}${result.stderr}`
    .trim()
    .split("\n")
    .map((error) => {
      const [, file, line, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(error) ?? [];
      const snippet = byPath.get(file ?? "");
      return snippet === undefined
        ? { order: Number.POSITIVE_INFINITY, text: error }
        : {
            order: snippets.indexOf(snippet),
            text: `${snippet.page}:${snippet.line + Number(line) - 1}: ${message}`,
          };
    });
  // the compiler sorts by file name; a reader goes down the page
  return errors.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order)).map(({ text }) => text);
}

/** Runs one snippet as its rule says; resolves with what it printed, rejects with the reason and what it printed. */
export async function runSnippet(snippet: Snippet, options: RunOptions): Promise<string> {
  const { rule } = snippet;
  if (rule.kind === "types-only")
    throw new Error(`${snippet.page}:${snippet.line} is for type-checking only`);
  if (rule.kind !== "run with") return runCode(snippet, snippet.code, options);
  const path = join(options.companions, `${rule.companion}.ts`);
  if (!existsSync(path))
    throw new Error(`${snippet.page}:${snippet.line}: there is no companion ${rule.companion}`);
  const companion = start(path, options.folder);
  try {
    // a companion prints `ready` and, as JSON, what to put in place of fixed names such as a port
    const ready = await companion.printed(/^ready (\{.*\})$/m, options.deadlineMs);
    let code = snippet.code;
    for (const [from, to] of Object.entries(JSON.parse(ready[1]!) as Record<string, string>)) {
      if (!code.includes(from))
        throw new Error(`${snippet.page}:${snippet.line}: the snippet does not name ${from}`);
      code = code.replaceAll(from, to);
    }
    return await runCode(snippet, code, options);
  } finally {
    await companion.stop();
  }
}

async function runCode(snippet: Snippet, code: string, { folder, deadlineMs }: RunOptions): Promise<string> {
  const child = start(write(snippet, folder, code), folder);
  try {
    if (snippet.rule.kind !== "run until") {
      await child.ended(deadlineMs, [0]);
    } else {
      await child.printed(new RegExp(literally(snippet.rule.text)), deadlineMs);
      child.interrupt();
      await child.ended(deadlineMs, [0, "SIGINT"]);
    }
    return child.output();
  } catch (error) {
    throw new Error(`${snippet.page}:${snippet.line}: ${(error as Error).message}\n${child.output().trim()}`);
  } finally {
    await child.stop();
  }
}

/** Starts a file with Node, TypeScript allowed, and watches what it prints and how it ends. */
function start(path: string, folder: string) {
  mkdirSync(folder, { recursive: true });
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", path], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let end: number | string | undefined;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of [...watchers]) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
      changed();
    });
  }
  child.on("error", (error) => {
    end = error.message;
    changed();
  });
  child.on("close", (code, signal) => {
    end = signal ?? code ?? "an unknown end";
    changed();
  });

  /** Resolves with what `look` finds, once it does; rejects when the process has ended without, or at the deadline. */
  function wait<T>(look: () => T | undefined, missing: string, deadlineMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const found = look();
        if (found === undefined && end === undefined) return;
        finish();
        if (found !== undefined) resolve(found);
        else reject(new Error(`${missing}; it ended with ${end}`));
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`${missing} within ${deadlineMs / 1000} s`));
      }, deadlineMs);
      const finish = () => {
        clearTimeout(timer);
        watchers.delete(settle);
      };
      watchers.add(settle);
      settle();
    });
  }

  return {
    output: () => output,
    interrupt: () => child.kill("SIGINT"),
    printed: (pattern: RegExp, deadlineMs: number) =>
      wait(() => pattern.exec(output) ?? undefined, `it did not print ${pattern}`, deadlineMs),
    ended: async (deadlineMs: number, allowed: readonly (number | string)[]) => {
      const how = await wait(() => end, "it did not end", deadlineMs);
      if (!allowed.includes(how)) throw new Error(`it ended with ${how}; expected ${allowed.join(" or ")}`);
    },
    stop: async () => {
      if (end !== undefined) return;
      child.kill("SIGKILL");
      await wait(() => end, "it could not be stopped", 10_000);
    },
  };
}

/** Writes a snippet where it runs, beside a link to the repository's recordings; returns its path. */
function write(snippet: Snippet, folder: string, code: string): string {
  mkdirSync(folder, { recursive: true });
  const assets = join(repository, "assets");
  if (existsSync(assets) && !existsSync(join(folder, "assets"))) symlinkSync(assets, join(folder, "assets"));
  const path = join(folder, fileOf(snippet));
  writeFileSync(path, code);
  return path;
}

function fileOf({ page, line, language }: Snippet): string {
  return `${page.replace(/\.md$/, "").replaceAll(/[^\w-]/g, "-")}-${line}.${language}`;
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
