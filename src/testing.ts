/** `voxwire/testing`: trying a handler without a server, and a server without a telephone. */
export type { TestAudio } from "./testing/test-audio.ts";
export type { HandlerTestResult, HeardFrame, TestHandlerOptions } from "./testing/test-handler.ts";
export { testHandler } from "./testing/test-handler.ts";
export { callTwilio, type TwilioCallOptions, type TwilioCallResult } from "./testing/twilio-call.ts";
export { type ReturnedMark, TwilioLine, type TwilioLineOptions } from "./testing/twilio-line.ts";
