/** Codecs of optional packages, where they are installed. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { VoxwireError } from "../core/errors.ts";
import { loadOpus } from "../opus.ts";
import type { WireEncoding } from "../transport/protocol/fastrtc-shapes.ts";

/** Opus, or undefined where its package is not installed. */
export async function installedOpus(): Promise<StreamCodec | undefined> {
  try {
    return await loadOpus();
  } catch (error) {
    if (error instanceof VoxwireError && error.code === "ERR_DEPENDENCY_MISSING") return undefined;
    throw error;
  }
}

/** What a client needs for an encoding beside what it has. @throws ConfigError `ERR_DEPENDENCY_MISSING` */
export async function codecsFor(encoding: WireEncoding | undefined): Promise<readonly StreamCodec[]> {
  return encoding === "opus" ? [await loadOpus()] : [];
}
