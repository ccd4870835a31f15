/** The worker's file: bundled into one script without imports. */
import { loadDsp } from "../../dsp/dsp.ts";
import { createBrowserSocketFactory } from "../browser-socket.ts";
import { startVoiceWorker, type WorkerScope } from "./voice-worker.ts";

startVoiceWorker(globalThis as unknown as WorkerScope, createBrowserSocketFactory(), loadDsp);
