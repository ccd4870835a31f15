/** Which handler was called last: what the stall monitor names when the event loop stood still. */

/** The last call into a handler of this thread: written before each. */
export const lastHandlerCall = { sessionId: "", method: "" };
