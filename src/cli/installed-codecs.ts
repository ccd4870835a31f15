/** Codecs of optional packages, where they are installed. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { VoxwireError } from "../core/errors.ts";
import { loadOpus } from "../opus.ts";
import type { WireEncoding } from "../transport/protocol/fastrtc-shapes.ts";

/** What a server can offer on this machine. */
export async function installedCodecs(): Promise<readonly StreamCodec[]> {
  try {
    return [await loadOpus()];
  } catch (error) {
    if (error instanceof VoxwireError && error.code === "ERR_DEPENDENCY_MISSING") return [];
    throw error;
  }
}

/** What a client needs for an encoding beside what it has. @throws ConfigError `ERR_DEPENDENCY_MISSING` */
export async function codecsFor(encoding: WireEncoding | undefined): Promise<readonly StreamCodec[]> {
  return encoding === "opus" ? [await loadOpus()] : [];
}
