import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Dsp } from "../../src/index.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";
import { clamped, g711Tables, roundedInt16, truncatedInt16 } from "./formats-oracle.ts";

type Samples = Int16Array | Float32Array | Uint8Array;
type Kind = "int16" | "float32" | "bytes";

/** One operation of the public surface and what it must give, sample by sample. */
interface Operation {
  name: string;
  inputs: Kind[];
  output: Kind;
  run(dsp: Dsp, inputs: Samples[], out: Samples): number;
  expected(...values: number[]): number;
}

const operations: Operation[] = [
  ...(["g191", "audioop", "sun"] as const).flatMap((convention): Operation[] => [
    {
      name: `mulaw.encodeInto ${convention}`,
      inputs: ["int16"],
      output: "bytes",
      run: (dsp, [pcm], out) => dsp.mulaw.encodeInto(pcm as Int16Array, out as Uint8Array, { convention }),
      expected: (x) => g711Tables.mulawEncode[convention][x! & 0xffff]!,
    },
    {
      name: `alaw.encodeInto ${convention}`,
      inputs: ["int16"],
      output: "bytes",
      run: (dsp, [pcm], out) => dsp.alaw.encodeInto(pcm as Int16Array, out as Uint8Array, { convention }),
      expected: (x) => g711Tables.alawEncode[convention][x! & 0xffff]!,
    },
  ]),
  {
    name: "mulaw.decodeInto",
    inputs: ["bytes"],
    output: "int16",
    run: (dsp, [bytes], out) => dsp.mulaw.decodeInto(bytes as Uint8Array, out as Int16Array),
    expected: (x) => g711Tables.mulawDecode[x!]!,
  },
  {
    name: "alaw.decodeInto",
    inputs: ["bytes"],
    output: "int16",
    run: (dsp, [bytes], out) => dsp.alaw.decodeInto(bytes as Uint8Array, out as Int16Array),
    expected: (x) => g711Tables.alawDecode[x!]!,
  },
  {
    name: "pcm.floatToInt16Into",
    inputs: ["float32"],
    output: "int16",
    run: (dsp, [samples], out) => dsp.pcm.floatToInt16Into(samples as Float32Array, out as Int16Array),
    expected: (x) => roundedInt16(x! * 32768),
  },
  {
    name: "pcm.floatToInt16Into fastrtc",
    inputs: ["float32"],
    output: "int16",
    run: (dsp, [samples], out) =>
      dsp.pcm.floatToInt16Into(samples as Float32Array, out as Int16Array, { convention: "fastrtc" }),
    expected: (x) => truncatedInt16(Math.fround(x! * 32767)),
  },
  {
    name: "pcm.int16ToFloatInto",
    inputs: ["int16"],
    output: "float32",
    run: (dsp, [samples], out) => dsp.pcm.int16ToFloatInto(samples as Int16Array, out as Float32Array),
    expected: (x) => x! / 32768,
  },
  {
    name: "pcm.mixInto int16",
    inputs: ["int16", "int16"],
    output: "int16",
    run: (dsp, [a, b], out) => dsp.pcm.mixInto(a as Int16Array, b as Int16Array, out as Int16Array),
    expected: (a, b) => clamped(a! + b!),
  },
  {
    name: "pcm.mixInto float32",
    inputs: ["float32", "float32"],
    output: "float32",
    run: (dsp, [a, b], out) => dsp.pcm.mixInto(a as Float32Array, b as Float32Array, out as Float32Array),
    expected: (a, b) => Math.fround(a! + b!),
  },
  {
    name: "pcm.gainInto int16",
    inputs: ["int16"],
    output: "int16",
    run: (dsp, [samples], out) => dsp.pcm.gainInto(samples as Int16Array, 1.7, out as Int16Array),
    expected: (x) => roundedInt16(Math.fround(x! * Math.fround(1.7))),
  },
  {
    name: "pcm.gainInto float32",
    inputs: ["float32"],
    output: "float32",
    run: (dsp, [samples], out) => dsp.pcm.gainInto(samples as Float32Array, -1.7, out as Float32Array),
    expected: (x) => Math.fround(x! * Math.fround(-1.7)),
  },
];

/** Where an array may lie: in engine memory or outside, whole or as a view at an odd offset between canaries. */
const places = ["inside", "inside, a view", "outside", "outside, a view"] as const;
type Place = (typeof places)[number];

const CANARY = 77;
const MARGIN = 5;
const shortLengths = [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 100, 160];
const longLengths = [16_384, 16_385, 40_000, 70_001];

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });
  for (const operation of operations) {
    test(`${backend}: ${operation.name} is right wherever its arrays lie, and writes nothing beside its output`, () => {
      for (const n of [...shortLengths, ...longLengths]) {
        const sources = operation.inputs.map((kind, i) => values(kind, n, n + i));
        const expected = Array.from({ length: n }, (_, i) =>
          operation.expected(...sources.map((source) => source[i]!)),
        );
        for (const from of places) {
          for (const to of places) {
            const what = `n ${n}, ${from} to ${to}`;
            const inputs = sources.map((source) => place(dsp, source, from));
            const out = place(dsp, values(operation.output, n, 99), to);
            assert.is(
              operation.run(
                dsp,
                inputs.map((input) => input.view),
                out.view,
              ),
              n,
              what,
            );
            sameSamples(out.view, expected, what);
            inputs.forEach((input, i) => {
              sameSamples(input.view, sources[i]!, `${what}: input`);
            });
            for (const placed of [...inputs, out]) placed.done(what);
          }
        }
      }
    });
  }

  test(`${backend}: an output longer than the input keeps its rest`, () => {
    const out = new Int16Array(50).fill(CANARY);
    assert.is(dsp.mulaw.decodeInto(new Uint8Array(20), out), 20);
    sameSamples(out.subarray(20), new Int16Array(30).fill(CANARY));
  });

  test(`${backend}: mixing and gain work in place, also beyond one piece of scratch`, () => {
    for (const n of [5, 160, 8192, 8193, 40_000]) {
      for (const kind of ["int16", "float32"] as const) {
        for (const where of places) {
          const [a, b] = [values(kind, n, 1), values(kind, n, 2)] as [Int16Array, Int16Array];
          const sum = Array.from({ length: n }, (_, i) =>
            kind === "int16" ? clamped(a[i]! + b[i]!) : Math.fround(a[i]! + b[i]!),
          );
          const first = place(dsp, a, where);
          const second = place(dsp, b, where);
          dsp.pcm.mixInto(first.view as Int16Array, second.view as Int16Array, first.view as Int16Array);
          sameSamples(first.view, sum, `${n} ${kind} ${where}: into the first`);
          first.view.set(a);
          dsp.pcm.mixInto(first.view as Int16Array, second.view as Int16Array, second.view as Int16Array);
          sameSamples(second.view, sum, `${n} ${kind} ${where}: into the second`);
          dsp.pcm.gainInto(first.view as Int16Array, -0.5, first.view as Int16Array);
          sameSamples(
            first.view,
            Array.from(a, (x) => (kind === "int16" ? roundedInt16(x * -0.5) : x * -0.5)),
            `${n} ${kind} ${where}: gain`,
          );
          first.done("in place");
          second.done("in place");
        }
      }
    }
  });

  test(`${backend}: allocating forms return arrays of the caller's own, never scratch or another's`, () => {
    const one = dsp.mulaw.encode(values("int16", 300, 1) as Int16Array);
    const kept = one.slice();
    const decoded = dsp.alaw.decode(one);
    const floats = dsp.pcm.int16ToFloat(decoded);
    const keptDecoded = decoded.slice();
    const keptFloats = floats.slice();
    for (let seed = 2; seed < 6; seed++) {
      dsp.mulaw.encode(values("int16", 300, seed) as Int16Array);
      dsp.alaw.decode(values("bytes", 300, seed) as Uint8Array);
      dsp.pcm.int16ToFloat(values("int16", 300, seed) as Int16Array);
      dsp.pcm.floatToInt16(values("float32", 300, seed) as Float32Array);
    }
    sameSamples(one, kept);
    sameSamples(decoded, keptDecoded);
    sameSamples(floats, keptFloats);
    const memory = dsp.allocBytes(1);
    for (const array of [one, decoded, floats]) {
      assert.is(array.byteOffset, 0);
      assert.is(array.buffer.byteLength, array.byteLength);
      assert.is.not(array.buffer, memory.buffer);
    }
    dsp.free(memory);
  });
}

function values(kind: Kind, n: number, seed: number): Samples {
  const next = random(seed + 1);
  if (kind === "bytes") return Uint8Array.from({ length: n }, () => next() * 256);
  if (kind === "int16") return Int16Array.from({ length: n }, () => next() * 65536 - 32768);
  return Float32Array.from({ length: n }, () => next() * 2.4 - 1.2);
}

/** A copy of `source` at such a place; `done` checks the canaries about it and gives the memory back. */
function place(dsp: Dsp, source: Samples, where: Place): { view: Samples; done(what: string): void } {
  const isView = where.endsWith("view");
  const margin = isView ? MARGIN : 0;
  const n = source.length + 2 * margin;
  const isInside = where.startsWith("inside");
  const whole =
    source instanceof Uint8Array
      ? isInside
        ? dsp.allocBytes(n)
        : new Uint8Array(n)
      : source instanceof Int16Array
        ? isInside
          ? dsp.allocInt16(n)
          : new Int16Array(n)
        : isInside
          ? dsp.allocFloat32(n)
          : new Float32Array(n);
  whole.fill(CANARY);
  const view = isView ? whole.subarray(margin, margin + source.length) : whole;
  view.set(source);
  return {
    view,
    done(what) {
      for (let i = 0; i < margin; i++) {
        assert.is(whole[i], CANARY, `${what}: written before its start`);
        assert.is(whole[n - 1 - i], CANARY, `${what}: written past its end`);
      }
      if (isInside) dsp.free(whole);
    },
  };
}

test.run();
