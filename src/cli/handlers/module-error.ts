/** Explains why a handler's file did not load: what is wrong, in which file, in which line. */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { show } from "../../core/check.ts";
import { VoxwireError } from "../../core/errors.ts";

/** An `ERR_HANDLER` for what `import()` threw. @param file the absolute path of `path` */
export function moduleError(path: string, file: string, cause: unknown): VoxwireError {
  const { message, where } = explain(file, cause);
  const place = where === undefined ? "" : `${shown(where)}: `;
  const hint = hintFor(cause, message);
  return new VoxwireError("ERR_HANDLER", `The handler ${show(path)} did not load: ${place}${message}`, {
    hint,
    cause,
  });
}

/** What was thrown, and its "file:line". */
function explain(file: string, cause: unknown): { message: string; where: string | undefined } {
  if (!(cause instanceof Error)) return { message: `it threw ${show(cause)}.`, where: undefined };
  // esbuild, which tsx uses: "Transform failed with 1 error:\n/path/file.ts:3:5: ERROR: Expected ..."
  const transform = /^(.+?:\d+):\d+: ERROR: (.+)$/m.exec(cause.message);
  if (transform !== null) return { message: sentence(transform[2]!), where: transform[1] };
  const message = sentence(cause.message.split("\n", 1)[0] ?? "");
  if (cause instanceof SyntaxError) return { message, where: topOf(cause.stack) ?? syntaxLine(file) };
  return { message, where: frameIn(file, cause.stack) };
}

/** Node puts "file:line" above some errors of syntax. */
function topOf(stack: string | undefined): string | undefined {
  const first = stack?.split("\n", 1)[0] ?? "";
  return /^(file:\/\/)?\/?.*[\\/].+:\d+$/.test(first) ? first : undefined;
}

/** Node does not say where the syntax error of an imported module is; its own check of that file does. */
function syntaxLine(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 10_000 });
  return topOf(stderr ?? undefined);
}

/** The topmost line of the stack that is in the handler's own file. */
function frameIn(file: string, stack: string | undefined): string | undefined {
  const line = stack?.split("\n").find((candidate) => /^\s+at /.test(candidate) && candidate.includes(file));
  const number = line === undefined ? undefined : /:(\d+):\d+\)?$/.exec(line)?.[1];
  return number === undefined ? undefined : `${file}:${number}`;
}

function hintFor(cause: unknown, message: string): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
    const name = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(message)?.[1];
    if (name !== undefined) return `npm install ${packageOf(name)}`;
    return "Check the path in its import; it needs the file's extension.";
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return "Node only strips types: install tsx (npm install --save-dev tsx) for all of TypeScript.";
  }
  return "";
}

/** `@scope/name/sub/path` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function shown(where: string): string {
  const path = where.startsWith("file://") ? pathOf(where) : where;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function pathOf(where: string): string {
  const { url, line } = /^(?<url>.*):(?<line>\d+)$/.exec(where)?.groups ?? {};
  return url === undefined ? where : `${fileURLToPath(url)}:${line}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
