/** Loading G.711 at once; apart, as it brings plain TypeScript along that other pages need not have. */
import type { Formats } from "./formats.ts";
import { g711Core, g711Sources, withG711Memory } from "./g711-cores.ts";
import { type LoadOptions, loadEngineSync } from "./load.ts";
import { g711Twins } from "./twins/g711-set.ts";
import { bringTwins } from "./twins.ts";

/** As `loadG711`, at once: for Node, workers and worklets. */
export function loadG711Sync(options: LoadOptions = {}): Formats {
  bringTwins(g711Twins);
  return g711Core(loadEngineSync(g711Sources, withG711Memory(options)));
}
