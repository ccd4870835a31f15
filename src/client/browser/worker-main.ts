/** The worker's file: bundled into one script without imports. */
import { loadWireDsp } from "../../dsp/load-wire.ts";
import { createBrowserSocketFactory } from "../browser-socket.ts";
import { startVoiceWorker, type WorkerScope } from "./voice-worker.ts";

startVoiceWorker(globalThis as unknown as WorkerScope, createBrowserSocketFactory(), loadWireDsp);
