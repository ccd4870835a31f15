/** G.711 and sample formats: our kernels, with and without copies, against JavaScript. */
import { loadDspSync } from "../../src/index.ts";
import {
  alawmulaw,
  createG711Peers,
  floatToInt16,
  int16ToFloat,
  LOOP,
  NPM,
  SIZES,
  TABLE,
} from "../peers/g711.ts";
import { TABLES } from "../peers/js-table.ts";
import { speechLike } from "../signal.ts";
import { expectSame, type Group, type Suite } from "../suite.ts";

const ZERO_COPY = "ours";
const COPIES = "ours, copied";

/** Zero-copy: arrays from `dsp.alloc...`; copied: ordinary arrays. */
export function createG711Suite(): Suite {
  const dsp = loadDspSync();
  const groups: Group[] = [];
  const inside: (Int16Array | Float32Array | Uint8Array)[] = [];
  const keep = <T extends Int16Array | Float32Array | Uint8Array>(view: T): T => {
    inside.push(view);
    return view;
  };
  for (const n of SIZES) {
    const pcm = speechLike(n);
    const samples = new Int16Array(n);
    const bytes = new Uint8Array(n);
    const floats = dsp.pcm.int16ToFloat(pcm);
    const out = new Float32Array(n);
    const inPcm = keep(dsp.allocInt16(n));
    const inSamples = keep(dsp.allocInt16(n));
    const inBytes = keep(dsp.allocBytes(n));
    const inFloats = keep(dsp.allocFloat32(n));
    const inOut = keep(dsp.allocFloat32(n));
    inPcm.set(pcm);
    inFloats.set(floats);
    for (const law of ["mulaw", "alaw"] as const) {
      const codec = dsp[law];
      const coded = codec.encode(pcm);
      const inCoded = keep(dsp.allocBytes(n));
      inCoded.set(coded);
      groups.push({
        key: `${law} encode ${n}`,
        ours: [
          { name: ZERO_COPY, run: () => codec.encodeInto(inPcm, inBytes) },
          { name: COPIES, run: () => codec.encodeInto(pcm, bytes) },
        ],
        ...(law === "mulaw" && n === 960
          ? { expected: { [NPM]: { ratio: 25, of: "this process" }, [TABLE]: { ratio: 3.5, of: "fastest" } } }
          : {}),
      });
      groups.push({
        key: `${law} decode ${n}`,
        ours: [
          { name: ZERO_COPY, run: () => codec.decodeInto(inCoded, inSamples) },
          { name: COPIES, run: () => codec.decodeInto(coded, samples) },
        ],
        ...(law === "mulaw" && n === 960 ? { expected: { [TABLE]: { ratio: 4, of: "fastest" } } } : {}),
      });
    }
    groups.push({
      key: `float32 to int16 ${n}`,
      ours: [
        { name: ZERO_COPY, run: () => dsp.pcm.floatToInt16Into(inFloats, inSamples) },
        { name: COPIES, run: () => dsp.pcm.floatToInt16Into(floats, samples) },
      ],
    });
    groups.push({
      key: `int16 to float32 ${n}`,
      ours: [
        { name: ZERO_COPY, run: () => dsp.pcm.int16ToFloatInto(inPcm, inOut) },
        { name: COPIES, run: () => dsp.pcm.int16ToFloatInto(pcm, out) },
      ],
    });
  }
  return {
    name: "g711",
    check: checkG711,
    groups,
    peers: createG711Peers(),
    dispose: () => {
      for (const view of inside) dsp.free(view);
    },
  };
}

/** All 65,536 samples and 256 codes, in the Sun convention, which is the peers'; and the formats where all must agree. */
function checkG711(): void {
  const dsp = loadDspSync();
  const everySample = Int16Array.from({ length: 65536 }, (_, i) => i);
  const everyCode = Uint8Array.from({ length: 256 }, (_, i) => i);
  const bytes = new Uint8Array(65536);
  const samples = new Int16Array(256);
  for (const law of ["mulaw", "alaw"] as const) {
    const ours = dsp[law].encode(everySample, { convention: "sun" });
    const table = TABLES[law];
    table.encode(everySample, bytes);
    table.decode(everyCode, samples);
    expectSame(`${law} encode, ${TABLE}`, bytes, ours);
    expectSame(`${law} encode, ${NPM}`, alawmulaw[law].encode(everySample), ours);
    expectSame(`${law} decode, ${TABLE}`, samples, dsp[law].decode(everyCode));
    expectSame(`${law} decode, ${NPM}`, alawmulaw[law].decode(everyCode), dsp[law].decode(everyCode));
  }
  const floats = dsp.pcm.int16ToFloat(everySample);
  const loopFloats = new Float32Array(65536);
  int16ToFloat(everySample, loopFloats);
  expectSame(`int16 to float32, ${LOOP}`, loopFloats, floats);
  const back = new Int16Array(65536);
  floatToInt16(floats, back);
  expectSame(`float32 to int16, ${LOOP}`, back, everySample);
  expectSame("float32 to int16, ours", dsp.pcm.floatToInt16(floats), everySample);
}
