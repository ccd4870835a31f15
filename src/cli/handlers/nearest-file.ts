/** Finds the file that a mistyped path may have meant. */
import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { nearest } from "../../core/nearest.ts";

/** The file next to `file` whose name is closest, with one of these extensions; as a path from the working directory. */
export async function nearestFile(file: string, extensions: readonly string[]): Promise<string | undefined> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => [] as string[]);
  const candidates = names.filter((name) => extensions.includes(extname(name)));
  const stem = basename(file, extname(file));
  // The right name with the wrong extension is the commonest slip of all.
  const sameStem = candidates.find((name) => basename(name, extname(name)) === stem);
  const name = sameStem ?? nearest(basename(file), candidates);
  if (name === undefined) return undefined;
  const path = relative(process.cwd(), join(folder, name));
  return path.startsWith("..") ? join(folder, name) : `./${path}`;
}
