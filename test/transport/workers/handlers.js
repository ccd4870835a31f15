// Handlers that the tests run in workers. JavaScript, because a worker loads the package as its users get it.
export { EchoHandler as handler } from "voxwire/server";
