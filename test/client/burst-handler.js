// A handler that says ten seconds at once. JavaScript, because a worker loads the package as its users get it.
import { EchoHandler } from "voxwire/server";

export class Burst extends EchoHandler {
  copy() {
    return new Burst();
  }
  receive() {}
  startUp(session) {
    session.send(new Int16Array(80_000).fill(8000));
  }
}
