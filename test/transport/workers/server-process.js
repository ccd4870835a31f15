// One process of several behind one port: for the test of node:cluster.
import process from "node:process";
import { EchoHandler, serve, silentLogger } from "voxwire/server";

/** An echo that says in which process it is. */
class WhereAmI extends EchoHandler {
  copy() {
    return new WhereAmI();
  }

  startUp(session) {
    super.startUp(session);
    session.output({ pid: process.pid });
  }

  onInput(values, session) {
    session.output({ input: values });
  }
}

const server = await serve({
  port: Number(process.env.TEST_PORT),
  handler: WhereAmI,
  inputRate: 8000,
  outputRate: 8000,
  logger: silentLogger,
});
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send?.({ port: server.port });
