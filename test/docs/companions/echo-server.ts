/** An echo server beside a snippet, on a free port in place of the one that the page names. */
import { EchoHandler, serve } from "voxwire/server";

const server = await serve({ port: 0, handler: new EchoHandler() });
console.log(`ready ${JSON.stringify({ "ws://127.0.0.1:8765": server.url })}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
