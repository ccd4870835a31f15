// The server of the soak: an echo at 8 kHz that says, when asked, what it has in use. Port as its argument.
import { EchoHandler, serve } from "../../dist/server.js";

const server = await serve({
  handler: EchoHandler,
  port: Number(process.argv[2]),
  inputRate: 8000,
  outputRate: 8000,
});

process.on("message", () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { framesIn, framesOut } = server.metrics;
  let queuedMs = 0;
  for (const { stats } of server.sessions.values()) queuedMs = Math.max(queuedMs, stats.outputQueuedMs);
  process.send({
    heapBytes: heapUsed + external,
    rss,
    framesIn,
    framesOut,
    queuedMs,
  });
});
process.send("ready");
