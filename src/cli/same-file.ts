/** Keeps a command from writing over what it reads. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { show } from "../core/check.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError where both paths lead to one file */
export async function refuseSameFile(input: string, output: string, option: string): Promise<void> {
  const [from, to] = await Promise.all([input, output].map((path) => stat(path).catch(() => undefined)));
  const isSame =
    from !== undefined && to !== undefined && from.ino !== 0 && from.ino === to.ino && from.dev === to.dev;
  if (!isSame && resolve(input) !== resolve(output)) return;
  throw new UsageError(`${option} ${show(output)} is the file that is read.`, "Write to another path.");
}
