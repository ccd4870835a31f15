// built with voxwire/worker.js and voxwire/worklet.js as further entry points, which come out beside this file
import { call, encode } from "./app.js";

const workerUrl = new URL("./worker.js", import.meta.url).href;
const workletUrl = new URL("./worklet.js", import.meta.url).href;
globalThis.app = { call, encode, files: { workerUrl, workletUrl } };
