/** Checks of what runs over the network of this machine. */
import { createServer } from "node:net";
import { connect } from "../../client.ts";
import { VoxwireError } from "../../core/errors.ts";
import { silentLogger } from "../../core/logger.ts";
import { EchoHandler } from "../../stream/echo-handler.ts";
import { serve } from "../../transport/serve.ts";
import { milliseconds } from "../figures.ts";
import { type CheckResult, fail, ok, warn } from "./check.ts";

const DEADLINE_MS = 5000;
const LOOPBACK_FIX = "Let this program open connections to 127.0.0.1; is there a firewall or a sandbox?";

/** Whether a frame of audio comes back from a server on this machine. */
export async function checkLoopback(): Promise<CheckResult> {
  const name = "WebSocket";
  try {
    const startedMs = performance.now();
    await echoOneFrame();
    return ok(
      name,
      `one frame to a server here and back in ${milliseconds(performance.now() - startedMs)}, set-up included`,
    );
  } catch (cause) {
    const why = cause instanceof VoxwireError ? cause.describe() : String(cause);
    return fail(name, `no echo over 127.0.0.1: ${why}`, LOOPBACK_FIX);
  }
}

async function echoOneFrame(): Promise<void> {
  const server = await serve({ handler: EchoHandler, port: 0, logger: silentLogger });
  try {
    const client = await connect(server.url, { connectTimeoutMs: DEADLINE_MS });
    try {
      const { sampleRate, frameMs } = client.session.input;
      const answered = new Promise<void>((resolve, reject) => {
        client.once("audio", () => resolve());
        client.once("close", ({ error, description }) => reject(error ?? new Error(description)));
        AbortSignal.timeout(DEADLINE_MS).addEventListener("abort", () =>
          reject(new Error("It took too long.")),
        );
      });
      client.send(new Int16Array((sampleRate * frameMs) / 1000));
      await answered;
    } finally {
      await client.close();
    }
  } finally {
    await server.close({ drainMs: 0 });
  }
}

/** Whether `voxwire serve` will find its port free. */
export async function checkPort(port = 8765): Promise<CheckResult> {
  const name = `port ${port}`;
  const problem = await tryPort(port);
  if (problem === undefined) return ok(name, "free");
  const isInUse = problem === "EADDRINUSE";
  return warn(
    name,
    isInUse ? "in use by another program" : `cannot be had (${problem})`,
    `voxwire serve --port ${port + 1}, or 0 for a free one.`,
  );
}

/** The system's error code, or undefined where the port could be had. */
function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
}
