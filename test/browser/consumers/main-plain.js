import { call, encode } from "./app.js";

const dist = "/node_modules/voxwire/dist";
globalThis.app = {
  call,
  encode,
  files: { workerUrl: `${dist}/worker.js`, workletUrl: `${dist}/worklet.js` },
};
