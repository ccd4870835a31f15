/** Plain TypeScript for the worker, bundled into a script that runs before the worker's: few browsers need it. */
import { wireTwins } from "../../dsp/twins/wire-set.ts";
import type { TwinsScope } from "./worker-main.ts";

(globalThis as unknown as TwinsScope).voxwireTwins = wireTwins;
