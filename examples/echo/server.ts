/** An echo on port 8765, or on the port given: `npx tsx examples/echo/server.ts 9000`. */
import { EchoHandler, serve } from "voxwire/server";

const server = await serve({ handler: EchoHandler, port: Number(process.argv[2] ?? 8765) });
console.log(`The echo listens on ${server.url}; Ctrl-C stops it.`);
process.once("SIGINT", () => void server.close());
