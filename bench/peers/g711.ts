/** What else encodes and decodes G.711 and converts sample formats in JavaScript. */
import { createRequire } from "node:module";
import type { Case } from "../measure.ts";
import { speechLike } from "../signal.ts";
import type { Peers } from "../suite.ts";
import { TABLES } from "./js-table.ts";

/** The npm package; by require, for the reason that measure.ts gives. */
export const alawmulaw = createRequire(import.meta.url)("alawmulaw") as typeof import("alawmulaw");

/** 20 ms at 8, 16 and 48 kHz, and 10 s at 48 kHz. */
export const SIZES = [160, 320, 960, 480_000] as const;

export const TABLE = "JS table";
export const NPM = "alawmulaw";
const COPY = "plain copy";
export const LOOP = "JS loop";

/** Cases by group key, for mu-law, A-law and float32 at each size. */
export function createG711Peers(): Peers {
  const peers = new Map<string, Case[]>();
  for (const n of SIZES) {
    const pcm = speechLike(n);
    const bytes = new Uint8Array(n);
    const samples = new Int16Array(n);
    const floats = Float32Array.from(pcm, (x) => x / 32768);
    for (const law of ["mulaw", "alaw"] as const) {
      const table = TABLES[law];
      const coded = alawmulaw[law].encode(pcm);
      peers.set(`${law} encode ${n}`, [
        { name: TABLE, run: () => table.encode(pcm, bytes) },
        { name: NPM, run: () => alawmulaw[law].encode(pcm) },
        { name: COPY, run: () => samples.set(pcm) },
      ]);
      peers.set(`${law} decode ${n}`, [
        { name: TABLE, run: () => table.decode(coded, samples) },
        { name: NPM, run: () => alawmulaw[law].decode(coded) },
        { name: COPY, run: () => samples.set(pcm) },
      ]);
    }
    peers.set(`float32 to int16 ${n}`, [
      { name: LOOP, run: () => floatToInt16(floats, samples) },
      { name: COPY, run: () => samples.set(pcm) },
    ]);
    const out = new Float32Array(n);
    peers.set(`int16 to float32 ${n}`, [
      { name: LOOP, run: () => int16ToFloat(pcm, out) },
      { name: COPY, run: () => samples.set(pcm) },
    ]);
  }
  return peers;
}

/** The loop one finds everywhere: scaled and clamped, rounded by adding a half. */
export function floatToInt16(samples: Float32Array, out: Int16Array): void {
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]! * 32768;
    out[i] = x >= 32767 ? 32767 : x <= -32768 ? -32768 : Math.floor(x + 0.5);
  }
}

export function int16ToFloat(samples: Int16Array, out: Float32Array): void {
  for (let i = 0; i < samples.length; i++) out[i] = samples[i]! / 32768;
}
