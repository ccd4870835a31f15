import workerUrl from "voxwire/worker.js?url";
import workletUrl from "voxwire/worklet.js?url";
import { call, encode } from "./app.js";

globalThis.app = { call, encode, files: { workerUrl, workletUrl } };
