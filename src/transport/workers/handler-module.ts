/** Handlers that live in modules: where a module is, and what it exports. */
import { createRequire } from "node:module";
import { basename, extname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { show } from "../../core/check.ts";
import { asVoxwireError, ConfigError, VoxwireError } from "../../core/errors.ts";
import type { HandlerDefaults } from "../../stream/generator-handler.ts";
import { type HandlerMaker, type HandlerSource, resolveHandler } from "../../stream/resolve-handler.ts";
import type { HandlerModule } from "./worker-messages.ts";

/** A module that exports a handler: a `file:` URL, a path, or a package's; `#name` at its end names the export. */
export type HandlerModuleSource = URL | string;

const MODULE_HINT =
  'Put the handler into a file of its own and pass new URL("./my-handler.js", import.meta.url); "#name" at its end picks an export.';

const EXPORT_HINT =
  "Export a class that extends StreamHandler, an instance, a function that makes one, or an async function* (session), " +
  'as default or under the name "handler".';

/**
 * Finds a module. Paths are from the working directory; what does not begin with `/` or a dot is a package's name, looked
 * for from there.
 * @throws ConfigError `ERR_CONFIG` for what is no module, `ERR_HANDLER` for a package that is not there
 */
export function findModule(source: unknown, defaults: HandlerDefaults): HandlerModule {
  if (!(source instanceof URL) && typeof source !== "string") {
    const what = typeof source === "function" ? `a function${nameOf(source)}` : show(source);
    throw new ConfigError(
      "ERR_CONFIG",
      `handler is ${what}; with workers it has to be a module, since code cannot cross to another thread.`,
      { hint: MODULE_HINT },
    );
  }
  const name = String(source);
  const [path = "", exportName] = name.split("#", 2);
  return { name, href: hrefOf(path), exportName, defaults };
}

/** Whether a source names a module and not a handler. */
export function isModuleSource(source: unknown): source is HandlerModuleSource {
  return source instanceof URL || typeof source === "string";
}

/** The name of the export that a source names, or else of its file. */
export function exportNameOf(source: HandlerModuleSource): string {
  const [path = "", exportName] = String(source).split("#", 2);
  return exportName ?? basename(path, extname(path));
}

/** What is said of a module where there are no workers. */
export function moduleWithoutWorkers(source: HandlerModuleSource): ConfigError {
  return new ConfigError(
    "ERR_CONFIG",
    `handler is the module ${show(String(source))}, and there are no workers.`,
    {
      hint: "Add workers: 1, or import the module and pass the handler it exports.",
    },
  );
}

/**
 * Loads a module, and makes one handler so that a mistake shows here and not with the first call.
 * @throws VoxwireError `ERR_HANDLER`
 */
export async function loadModule({ name, href, exportName, defaults }: HandlerModule): Promise<HandlerMaker> {
  let module: Record<string, unknown>;
  try {
    module = (await import(href)) as Record<string, unknown>;
  } catch (cause) {
    // a module that knows better what is wrong, such as the one that the command line loads files by
    const own = asVoxwireError(cause);
    if (own !== undefined) throw own;
    throw new VoxwireError("ERR_HANDLER", `The handler ${show(name)} did not load: ${messageOf(cause)}`, {
      hint: "The log of the module's own error says where.",
      cause,
    });
  }
  const source = exportName === undefined ? (module.default ?? module.handler) : module[exportName];
  if (source === undefined) {
    const wanted = exportName === undefined ? "a handler" : `an export ${show(exportName)}`;
    const names = Object.keys(module).join(", ") || "nothing";
    throw new VoxwireError("ERR_HANDLER", `${show(name)} exports ${names}; expected ${wanted}.`, {
      hint: EXPORT_HINT,
    });
  }
  return resolveHandler(source as HandlerSource, defaults);
}

function hrefOf(path: string): string {
  // a scheme, and not the letter of a drive
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) return path;
  if (isAbsolute(path) || /^\.\.?[\\/]/.test(path)) return pathToFileURL(resolve(path)).href;
  try {
    return pathToFileURL(createRequire(resolve("noop.js")).resolve(path)).href;
  } catch (cause) {
    throw new ConfigError("ERR_HANDLER", `There is no module ${show(path)} for the workers.`, {
      hint: `A file's path begins with "./" or "/". ${MODULE_HINT}`,
      cause,
    });
  }
}

function messageOf(cause: unknown): string {
  const message =
    cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : `it threw ${show(cause)}`;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function nameOf(source: { name?: string }): string {
  return source.name ? ` (${source.name})` : "";
}
