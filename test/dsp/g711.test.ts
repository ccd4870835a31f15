import { readFileSync } from "node:fs";
import { test } from "uvu";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";

const golden = (name: string) => readFileSync(new URL(`../golden/g711/${name}.bin`, import.meta.url));
const everySample = Int16Array.from({ length: 65536 }, (_, i) => i);
const everyCode = Uint8Array.from({ length: 256 }, (_, i) => i);

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });
  for (const convention of ["g191", "audioop", "sun"] as const) {
    test(`${backend}: mu-law ${convention} encodes every sample as the reference does`, () => {
      sameSamples(dsp.mulaw.encode(everySample, { convention }), golden(`ulaw_encode_${convention}`));
    });
    test(`${backend}: A-law ${convention} encodes every sample as the reference does`, () => {
      const table = convention === "sun" ? "sun" : "g191";
      sameSamples(dsp.alaw.encode(everySample, { convention }), golden(`alaw_encode_${table}`));
    });
  }
  test(`${backend}: both laws decode every code as the reference does`, () => {
    for (const law of ["mulaw", "alaw"] as const) {
      const bytes = golden(`${law === "mulaw" ? "u" : "a"}law_decode_g191`);
      sameSamples(dsp[law].decode(everyCode), new Int16Array(bytes.buffer, bytes.byteOffset, 256));
    }
  });
}

test.run();
