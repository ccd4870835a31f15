/** A robot, the caller's voice times a tone of 50 Hz: `npx voxwire serve --handler examples/ten-line-handler/handler.ts`. */
import type { GeneratorFunction } from "voxwire/server";

export const handler: GeneratorFunction = async function* (session) {
  for await (const { samples, sampleRate, timestamp } of session) {
    const step = (2 * Math.PI * 50) / sampleRate;
    yield samples.map((sample, i) => sample * Math.sin(step * (timestamp + i)));
  }
};
