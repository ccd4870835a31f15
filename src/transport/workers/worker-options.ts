/** Options for handlers that run in worker threads. */
import { checkInteger, show } from "../../core/check.ts";
import { checkOptionNames } from "../../core/check-options.ts";
import { ConfigError } from "../../core/errors.ts";
import type { NamesOf } from "../../core/option-names.ts";
import type { SampleFormat } from "../../core/types.ts";
import type { HandlerSettings } from "../handler-settings.ts";
import type { HandlerModuleSource } from "./handler-module.ts";

/** Handlers that run in worker threads: modules, since code cannot cross to another thread. */
export type WorkerHandlerOptions = { workers: number | WorkerOptions; sampleFormat?: SampleFormat } & (
  | {
      /**
       * The module that exports the handler: `new URL("./my-handler.js", import.meta.url)`, a path from the working directory
       * (`"./my-handler.js"`) or a package's. `#name` at its end names the export; else it is the default one, or `handler`.
       */
      handler: HandlerModuleSource;
      handlers?: undefined;
    }
  | {
      /** Modules by path below `path`. */
      handlers: Readonly<Record<string, HandlerModuleSource | MountedModule>>;
      handler?: undefined;
    }
);

/** A handler's module with settings of its own; the server's hold where they are left out. */
export interface MountedModule extends HandlerSettings {
  handler: HandlerModuleSource;
}

/** How many workers, and what each may take. */
export interface WorkerOptions {
  /** Threads that run handlers, 1 to 64. As many as there are cores, less one for the sockets, is a good start. */
  count: number;
  /** JavaScript memory of one worker in MiB, 16 to 65,536; one that needs more dies alone. Default: Node's. */
  maxHeapMb?: number;
}

const WORKER_OPTIONS: NamesOf<WorkerOptions> = { count: 1, maxHeapMb: 1 };

/** The same, checked; a number is a count. */
export function checkWorkers(workers: unknown): WorkerOptions {
  if (typeof workers === "number") return { count: checkInteger("workers", workers, 1, 64) };
  if (typeof workers !== "object" || workers === null) {
    throw new ConfigError("ERR_CONFIG", `workers is ${show(workers)}; expected a number of threads.`, {
      hint: "Write workers: 2, or workers: { count: 2, maxHeapMb: 512 }.",
    });
  }
  checkOptionNames("workers", workers, WORKER_OPTIONS);
  const { count, maxHeapMb } = workers as Partial<WorkerOptions>;
  return {
    count: checkInteger("workers.count", count, 1, 64),
    ...(maxHeapMb !== undefined && {
      maxHeapMb: checkInteger("workers.maxHeapMb", maxHeapMb, 16, 65_536),
    }),
  };
}
