/** Starts the client's worker; where WebAssembly is refused, once more with plain TypeScript in front of it. */
import { VoxwireError } from "../../core/errors.ts";
import { sharedSource } from "./generated/shared-source.ts";
import { workerSource } from "./generated/worker-source.ts";
import { type FromWorker, type OpenMessage, portsOf, type ToWorker, wholeError } from "./worker-messages.ts";

/** A worker that says what a page's client needs to know. */
export interface ClientWorker {
  post(message: ToWorker): void;
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
  let worker = start([sharedSource, workerSource]);
  let isEnded = false;
  /** What the page says while the worker is replaced, which is done once. */
  let held: ToWorker[] | undefined;

  function start(sources: string[]): Worker {
    const script =
      url === undefined ? URL.createObjectURL(new Blob(sources, { type: "text/javascript" })) : String(url);
    let started: Worker;
    try {
      started = new Worker(script, { name: "voxwire" });
    } catch (cause) {
      throw failed(url, cause);
    }
    let hasSpoken = false;
    started.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (!hasSpoken && url === undefined) URL.revokeObjectURL(script);
      hasSpoken = true;
      if (data.type !== "refused") onMessage(data);
      // a file of the page's own has plain TypeScript in it
      else if (url !== undefined || held !== undefined) onFailure(wholeError(data.error));
      else void restart(data.open);
    };
    started.onerror = (event) => {
      event.preventDefault();
      onFailure(hasSpoken ? broke(event.message) : failed(url, event.message ?? event));
    };
    return started;
  }

  async function restart(open: OpenMessage): Promise<void> {
    worker.terminate();
    held = [open];
    try {
      const { twinsSource } = await import("./generated/twins-source.ts");
      if (isEnded) return;
      worker = start([sharedSource, twinsSource, workerSource]);
    } catch (cause) {
      onFailure(cause instanceof VoxwireError ? cause : missing(cause));
      return;
    }
    for (const message of held.splice(0)) tell(message);
  }

  function tell(message: ToWorker): void {
    worker.postMessage(message, message.type === "open" ? portsOf(message) : []);
  }

  return {
    post: (message) => {
      if (held !== undefined && held.length > 0) held.push(message);
      else tell(message);
    },
    terminate: () => {
      isEnded = true;
      worker.terminate();
    },
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

function missing(cause: unknown): VoxwireError {
  return new VoxwireError(
    "ERR_WORKER",
    "WebAssembly is refused, and what stands in for it could not be loaded.",
    {
      hint: "It is a file of its own beside the bundle: is it served too?",
      cause,
    },
  );
}
