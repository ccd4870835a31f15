/** Which handler was called last: what the stall monitor names when the event loop stood still. */

/** The last call into a handler of this thread, and how many there have been since `forgetHandlerCalls`. */
export const handlerCalls = { sessionId: "", method: "", count: 0 };

/** Said before each call: two words and a number, no more. */
export function enterHandler(sessionId: string, method: string): void {
  handlerCalls.sessionId = sessionId;
  handlerCalls.method = method;
  handlerCalls.count++;
}

/** All that were called have given the turn back. */
export function forgetHandlerCalls(): void {
  handlerCalls.sessionId = "";
  handlerCalls.count = 0;
}
