/** From the path of a file to the handler in it. */
import { stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { show } from "../../core/check.ts";
import { VoxwireError } from "../../core/errors.ts";
import { type HandlerSource, resolveHandler } from "../../stream/resolve-handler.ts";
import { moduleError } from "./module-error.ts";
import { nearestFile } from "./nearest-file.ts";
import { prepareTypeScript } from "./typescript-support.ts";

const JAVASCRIPT = [".js", ".mjs", ".cjs"];
const TYPESCRIPT = [".ts", ".mts", ".cts"];

const EXPORT_HINT =
  "Export a class that extends StreamHandler, an instance, a function that makes one, or an async function* (session), " +
  'as default or under the name "handler".';

/**
 * Loads the default export of a file, or the one called `handler`: a class, an instance, a factory or an async generator
 * function. One handler is made at once, so that a mistake shows here and not with the first call.
 * @param path from the working directory; JavaScript, or TypeScript where something here can run it
 * @throws VoxwireError `ERR_FILE` (missing), `ERR_HANDLER` (does not load, exports no handler); ConfigError
 *   `ERR_DEPENDENCY_MISSING` (TypeScript without the means)
 */
export async function loadHandler(path: string): Promise<HandlerSource<Int16Array>> {
  const file = resolve(path);
  await checkFile(path, file);
  const extension = extname(file).toLowerCase();
  if (TYPESCRIPT.includes(extension)) await prepareTypeScript(file);
  else if (!JAVASCRIPT.includes(extension)) {
    throw new VoxwireError("ERR_HANDLER", `${show(path)} is neither JavaScript nor TypeScript.`, {
      hint: `A handler's file ends in ${[...TYPESCRIPT, ...JAVASCRIPT].join(", ")}.`,
    });
  }
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw moduleError(path, file, cause);
  }
  return checkHandler(path, exportOf(path, module));
}

async function checkFile(path: string, file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return;
  const other = await nearestFile(file, [...TYPESCRIPT, ...JAVASCRIPT]);
  const hint = other === undefined ? `Looked for ${file}.` : `Did you mean ${other}?`;
  const what = found === undefined ? "does not exist" : "is not a file";
  throw new VoxwireError("ERR_FILE", `The handler ${show(path)} ${what}.`, { hint });
}

/** CommonJS modules, and TypeScript that is run as one, hold their exports under `default`. */
function exportOf(path: string, module: Record<string, unknown>): unknown {
  const outer = module.default;
  const inner = typeof outer === "object" && outer !== null ? (outer as Record<string, unknown>) : {};
  const isWrapped = "__esModule" in inner || "handler" in inner || "default" in inner;
  const found = isWrapped ? (inner.default ?? inner.handler) : (outer ?? module.handler);
  const isEmpty = typeof found === "object" && found !== null && Object.keys(found).length === 0;
  const isPlain = isEmpty && Object.getPrototypeOf(found) === Object.prototype;
  if (found !== undefined && found !== null && !isPlain) return found;
  const names = Object.keys({ ...module, ...inner }).filter((name) => name !== "default");
  const seen = names.length === 0 ? "nothing" : names.join(", ");
  throw new VoxwireError("ERR_HANDLER", `${show(path)} exports ${seen}; expected a handler.`, {
    hint: EXPORT_HINT,
  });
}

function checkHandler(path: string, handler: unknown): HandlerSource<Int16Array> {
  const source = handler as HandlerSource<Int16Array>;
  try {
    resolveHandler(source)();
    return source;
  } catch (cause) {
    const why = cause instanceof VoxwireError ? cause.describe() : String(cause);
    throw new VoxwireError("ERR_HANDLER", `${show(path)} gives no handler: ${why}`, {
      hint: cause instanceof VoxwireError ? "" : EXPORT_HINT,
      cause,
    });
  }
}
