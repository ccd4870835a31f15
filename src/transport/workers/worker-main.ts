/** The file that a worker of the server runs. */
import { workerData } from "node:worker_threads";
import { WorkerHost } from "./worker-host.ts";
import type { WorkerStart } from "./worker-messages.ts";

// runs what the module has left for the end of its process, as in the main thread
const host = new WorkerHost(workerData as WorkerStart, () => process.exit(0));
await host.load();
