import { call, encode } from "./app.js";

const workerUrl = new URL("voxwire/worker.js", import.meta.url).href;
const workletUrl = new URL("voxwire/worklet.js", import.meta.url).href;
globalThis.app = { call, encode, files: { workerUrl, workletUrl } };
