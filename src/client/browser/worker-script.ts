/** Starts the client's worker. */
import { VoxwireError } from "../../core/errors.ts";
import { workerSource } from "./generated/worker-source.ts";
import type { FromWorker, ToWorker } from "./worker-messages.ts";

/** A worker that says what a page's client needs to know. */
export interface ClientWorker {
  post(message: ToWorker, transfer: readonly Transferable[]): void;
  terminate(): void;
}

/**
 * Starts a worker.
 * @param url where its file is, for pages whose policy forbids `blob:`; default the embedded one
 * @param onMessage called with what it says
 * @param onFailure called where it cannot be started, or breaks
 * @throws VoxwireError `ERR_WORKER` where the browser refuses it at once
 */
export function startWorker(
  url: string | URL | undefined,
  onMessage: (message: FromWorker) => void,
  onFailure: (error: VoxwireError) => void,
): ClientWorker {
  const script =
    url === undefined
      ? URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }))
      : String(url);
  let worker: Worker;
  try {
    worker = new Worker(script, { name: "voxwire" });
  } catch (cause) {
    throw failed(url, cause);
  }
  let hasSpoken = false;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (!hasSpoken && url === undefined) URL.revokeObjectURL(script);
    hasSpoken = true;
    onMessage(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    onFailure(hasSpoken ? broke(event.message) : failed(url, event.message ?? event));
  };
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    terminate: () => worker.terminate(),
  };
}

function failed(url: string | URL | undefined, cause: unknown): VoxwireError {
  return new VoxwireError(
    "ERR_WORKER",
    `The client's worker could not be started${url === undefined ? "" : ` from ${url}`}.`,
    {
      hint:
        url === undefined
          ? "Does the page's policy forbid blob: workers? Serve voxwire/worker.js yourself and give its address as workerUrl."
          : "Serve the file voxwire/worker.js of the package there, as text/javascript.",
      cause,
    },
  );
}

function broke(message: string): VoxwireError {
  return new VoxwireError("ERR_WORKER", `The client's worker failed: ${message}`, {
    hint: "This is a fault of voxwire's: please report it.",
  });
}
