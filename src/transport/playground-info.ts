/** What a server tells the playground about itself. */
import type { PlaygroundInfo } from "../playground/server/playground-info.ts";
import { WIRE_ENCODINGS } from "./protocol/fastrtc-shapes.ts";
import type { ServerOptions, WorkerServerOptions } from "./server-options.ts";
import type { VoiceServer } from "./voice-server.ts";
import { exportNameOf, isModuleSource } from "./workers/handler-module.ts";

/** For a page that was opened at the path `root`. */
export function playgroundInfo(
  options: ServerOptions | WorkerServerOptions,
  voice: VoiceServer,
  root: string,
): PlaygroundInfo {
  const { path, inputRate, frameMs } = voice.options;
  const paths = options.handlers === undefined ? [""] : Object.keys(options.handlers);
  return {
    handlers: paths.map((own) => ({
      path: (path + own).slice(root.length).replace(/\/$/, ""),
      name: nameOf(options.handlers === undefined ? options.handler : options.handlers[own]),
    })),
    encodings: WIRE_ENCODINGS,
    sampleRate: inputRate,
    frameMs,
    hasAuth: options.auth !== undefined,
  };
}

/** A class, a function, an instance, a module, or one of them with settings beside it. */
function nameOf(source: unknown): string {
  if (isModuleSource(source)) return exportNameOf(source);
  if (typeof source === "function") return source.name;
  if (typeof source !== "object" || source === null) return "";
  if ("handler" in source && !("receive" in source)) return nameOf(source.handler);
  const { name } = source.constructor;
  return name === "Object" ? "" : name;
}
