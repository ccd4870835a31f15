/** `voxwire/testing`: trying a handler without a server. */
export type { HandlerTestResult, HeardFrame, TestAudio, TestHandlerOptions } from "./testing/test-handler.ts";
export { testHandler } from "./testing/test-handler.ts";
