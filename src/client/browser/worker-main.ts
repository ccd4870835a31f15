/** The worker's file: bundled into one script without imports. */
import type { TwinSet } from "../../dsp/twins.ts";
import { loadWorkerDsp } from "../../dsp/worker-dsp.ts";
import { createBrowserSocketFactory } from "../browser-socket.ts";
import { startVoiceWorker, type WorkerScope } from "./voice-worker.ts";

/** What a script before this one may have left: plain TypeScript in the place of kernels (see twins-main.ts). */
export interface TwinsScope {
  voxwireTwins?: TwinSet;
}

const scope = globalThis as unknown as WorkerScope & TwinsScope;

startVoiceWorker(scope, createBrowserSocketFactory(), () => loadWorkerDsp(scope.voxwireTwins));
