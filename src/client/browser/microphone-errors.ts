/** Why there is no microphone, in words that help. */
import { show } from "../../core/check.ts";
import { type ErrorCode, VoxwireError } from "../../core/errors.ts";

const CAUSES: Readonly<Record<string, readonly [code: ErrorCode, message: string, hint: string]>> = {
  NotAllowedError: [
    "ERR_MICROPHONE_DENIED",
    "The page may not use the microphone.",
    "Allow it in the browser's address bar, or in the system's privacy settings; a page in a frame needs allow=\"microphone\".",
  ],
  SecurityError: [
    "ERR_MICROPHONE_DENIED",
    "The browser forbids the microphone on this page.",
    "Look at the page's Permissions-Policy and at the frame's allow attribute.",
  ],
  NotFoundError: [
    "ERR_MICROPHONE_MISSING",
    "There is no microphone.",
    "Plug one in, or switch it on in the system's settings.",
  ],
  OverconstrainedError: [
    "ERR_MICROPHONE_MISSING",
    "No microphone is as asked for.",
    "Leave deviceId out for the system's own choice: a device's id changes when its page's data is cleared.",
  ],
  NotReadableError: [
    "ERR_MICROPHONE_BUSY",
    "The microphone is there but gives no sound.",
    "Another program may hold it: close that one, or unplug the microphone and plug it in again.",
  ],
  AbortError: [
    "ERR_MICROPHONE_BUSY",
    "The microphone failed while it was being opened.",
    "Try again; unplug it and plug it in where that does not help.",
  ],
};

/** The error for what `getUserMedia` threw. */
export function microphoneError(cause: unknown): VoxwireError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  const known = Object.hasOwn(CAUSES, name) ? CAUSES[name] : undefined;
  const [code, message, hint] = known ?? [
    "ERR_MICROPHONE_BUSY",
    `The microphone failed: ${show(String(cause))}.`,
    "",
  ];
  return new VoxwireError(code, message, { hint, cause });
}

/** The error for pages that have no microphones at all. */
export function noMicrophones(): VoxwireError {
  return new VoxwireError("ERR_BROWSER", "This page has no access to microphones.", {
    hint: "Browsers allow it over https and on localhost alone: serve the page from one of them.",
  });
}

/** The error for a microphone that has gone. */
export function microphoneLost(label: string): VoxwireError {
  return new VoxwireError("ERR_MICROPHONE_LOST", `${label === "" ? "The microphone" : label} is gone.`, {
    hint: "The system's next one is taken where there is one; microphone.use() takes another.",
  });
}
