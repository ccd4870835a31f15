/** What each worker of `voxwire serve --workers` loads: the handler in the file that this module's URL names (`?file=`). */
import { loadHandler } from "./load-handler.ts";

const file = new URL(import.meta.url).searchParams.get("file") ?? "";

/** Under a name, because the worker looks for one. */
export const handler = await loadHandler(file);
