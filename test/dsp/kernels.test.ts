import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../src/dsp/engine.ts";
import type { FormatKernels } from "../../src/dsp/kernels.ts";
import { random } from "../samples.ts";
import { enginePair } from "./engines.ts";

const MAX_LENGTH = 100;
const OFFSETS = 16;
const CANARY_BYTES = 64;
const { wasm, twin } = enginePair();

/** A kernel of one input: bytes an element in and out, and whether it may work in place. */
interface Unary {
  name: string;
  inBytes: number;
  outBytes: number;
  inPlace: boolean;
  run(kernels: FormatKernels, src: number, dst: number, n: number): void;
}

const unary: Unary[] = [
  make("floatToInt16", 4, 2, true, (k, s, d, n) => k.floatToInt16(s, d, n)),
  make("floatToInt16Fastrtc", 4, 2, true, (k, s, d, n) => k.floatToInt16Fastrtc(s, d, n)),
  make("int16ToFloat", 2, 4, false, (k, s, d, n) => k.int16ToFloat(s, d, n)),
  make("gainInt16", 2, 2, true, (k, s, d, n) => k.gainInt16(s, d, n, 1.7)),
  make("gainFloat", 4, 4, true, (k, s, d, n) => k.gainFloat(s, d, n, -0.3)),
  make("mulawEncode g191", 2, 1, true, (k, s, d, n) => k.mulawEncode(s, d, n, 131)),
  make("mulawEncode audioop", 2, 1, true, (k, s, d, n) => k.mulawEncode(s, d, n, 135)),
  make("mulawDecode", 1, 2, false, (k, s, d, n) => k.mulawDecode(s, d, n)),
  make("alawEncode g191", 2, 1, true, (k, s, d, n) => k.alawEncode(s, d, n, -1)),
  make("alawEncode sun", 2, 1, true, (k, s, d, n) => k.alawEncode(s, d, n, 0)),
  make("alawDecode", 1, 2, false, (k, s, d, n) => k.alawDecode(s, d, n)),
  make("base64Encode", 1, 4 / 3, false, (k, s, d, n) => k.base64Encode(s, d, n)),
];

/** Two inputs. */
const mixes = [
  {
    name: "mixInt16",
    bytes: 2,
    run: (k: FormatKernels, a: number, b: number, d: number, n: number) => k.mixInt16(a, b, d, n),
  },
  {
    name: "mixFloat",
    bytes: 4,
    run: (k: FormatKernels, a: number, b: number, d: number, n: number) => k.mixFloat(a, b, d, n),
  },
];

const area = {
  bytes: 2048,
  a: wasm.arena.alloc(2048),
  b: wasm.arena.alloc(2048),
  dst: wasm.arena.alloc(2048),
};
assert.is(twin.arena.alloc(2048), area.a);
assert.is(twin.arena.alloc(2048), area.b);
assert.is(twin.arena.alloc(2048), area.dst);

for (const kernel of unary) {
  test(`${kernel.name}: WebAssembly writes what its twin writes, and nothing beside it, at every length and offset`, () => {
    const pattern = noise(kernel.inBytes, area.bytes, 1);
    const canary = new Uint8Array(area.bytes).fill(0xc5);
    const step = Math.max(1, Math.floor(kernel.outBytes));
    for (let n = 0; n <= MAX_LENGTH; n++) {
      for (let from = 0; from < OFFSETS; from++) {
        for (let to = 0; to < OFFSETS; to++) {
          const src = area.a + from * kernel.inBytes;
          const dst = area.dst + CANARY_BYTES + to * step;
          for (const engine of [wasm, twin]) {
            engine.u8.set(pattern, area.a);
            engine.u8.set(canary, area.dst);
            kernel.run(engine.formats, src, dst, n);
          }
          same(area.dst, `n ${n}, offsets ${from} and ${to}`);
          const end = dst + Math.ceil(n / 3) * (kernel.outBytes === 4 / 3 ? 4 : 0);
          const written = kernel.outBytes === 4 / 3 ? end - dst : n * kernel.outBytes;
          untouched(wasm, area.dst, dst, written, `n ${n}, offsets ${from} and ${to}`);
        }
      }
    }
  });

  if (!kernel.inPlace) continue;
  test(`${kernel.name}: works in place at every length and offset`, () => {
    const pattern = noise(kernel.inBytes, area.bytes, 2);
    for (let n = 0; n <= MAX_LENGTH; n++) {
      for (let from = 0; from < OFFSETS; from++) {
        const src = area.a + from * kernel.inBytes;
        for (const engine of [wasm, twin]) engine.u8.set(pattern, area.a);
        kernel.run(twin.formats, src, area.dst, n);
        const expected = twin.u8.slice(area.dst, area.dst + n * kernel.outBytes);
        kernel.run(wasm.formats, src, src, n);
        const actual = wasm.u8.slice(src, src + n * kernel.outBytes);
        assert.ok(Buffer.compare(actual, expected) === 0, `WebAssembly, n ${n}, offset ${from}`);
        kernel.run(twin.formats, src, src, n);
        same(area.a, `twin, n ${n}, offset ${from}`);
      }
    }
  });
}

for (const mix of mixes) {
  const layouts = {
    "into a third array": (a: number, b: number, d: number) => [a, b, d] as const,
    "into the first": (a: number, b: number) => [a, b, a] as const,
    "into the second": (a: number, b: number) => [a, b, b] as const,
    "with itself, in place": (a: number) => [a, a, a] as const,
  };
  for (const [where, layout] of Object.entries(layouts)) {
    test(`${mix.name} ${where}: WebAssembly writes what its twin writes, and nothing beside it`, () => {
      const [first, second] = [noise(mix.bytes, area.bytes, 3), noise(mix.bytes, area.bytes, 4)];
      const canary = new Uint8Array(area.bytes).fill(0xc5);
      for (let n = 0; n <= MAX_LENGTH; n++) {
        for (let offset = 0; offset < OFFSETS; offset++) {
          for (const engine of [wasm, twin]) {
            engine.u8.set(first, area.a);
            engine.u8.set(second, area.b);
            engine.u8.set(canary, area.dst);
            const [a, b, d] = layout(
              area.a + offset * mix.bytes,
              area.b + ((offset * 7) % OFFSETS) * mix.bytes,
              area.dst + CANARY_BYTES + ((offset * 3) % OFFSETS) * mix.bytes,
            );
            mix.run(engine.formats, a, b, d, n);
          }
          for (const part of [area.a, area.b, area.dst]) same(part, `n ${n}, offset ${offset}`);
        }
      }
    });
  }
}

test("base64Decode: WebAssembly gives what its twin gives and stays within four bytes of its end", () => {
  const bytes = noise(1, area.bytes, 5);
  for (let n = 0; n <= MAX_LENGTH; n++) {
    const text = Buffer.from(bytes.subarray(n, 2 * n)).toString("base64");
    for (let from = 0; from < OFFSETS; from++) {
      for (let to = 0; to < OFFSETS; to++) {
        const dst = area.dst + CANARY_BYTES + to;
        for (const engine of [wasm, twin]) {
          engine.u8.fill(0xc5, area.dst, area.dst + area.bytes);
          engine.u8.set(Buffer.from(text), area.a + from);
          assert.is(engine.formats.base64Decode(area.a + from, dst, text.length), n);
          const actual = engine.u8.subarray(dst, dst + n);
          assert.ok(Buffer.compare(actual, bytes.subarray(n, 2 * n)) === 0, `${engine.backend}, n ${n}`);
          untouched(engine, area.dst, dst, n + 4, `${engine.backend}, n ${n}`);
        }
      }
    }
  }
});

test("the largest lengths of a session agree too: 70,001 elements through every kernel", () => {
  const big = enginePair(4 << 20);
  const bytes = 70_001 * 4;
  const [a, b, d] = [0, 1, 2].map(() => big.wasm.arena.alloc(bytes + 16)) as [number, number, number];
  for (const kernel of unary) {
    for (const engine of [big.wasm, big.twin]) {
      engine.u8.set(noise(kernel.inBytes, bytes, 6), a + kernel.inBytes);
      kernel.run(engine.formats, a + kernel.inBytes, d, 70_001);
    }
    compare(big.wasm, big.twin, d, bytes, kernel.name);
  }
  for (const mix of mixes) {
    for (const engine of [big.wasm, big.twin]) {
      engine.u8.set(noise(mix.bytes, bytes, 7), a);
      engine.u8.set(noise(mix.bytes, bytes, 8), b);
      mix.run(engine.formats, a, b, d, 70_001);
    }
    compare(big.wasm, big.twin, d, bytes, mix.name);
  }
});

function make(name: string, inBytes: number, outBytes: number, inPlace: boolean, run: Unary["run"]): Unary {
  return { name, inBytes, outBytes, inPlace, run };
}

/** Random bytes; as float32, a mix of magnitudes about full scale, denormals, zeros and infinities, without NaN. */
function noise(elementBytes: number, bytes: number, seed: number): Uint8Array {
  const next = random(seed * 7919);
  const out = new Uint8Array(bytes & ~3);
  if (elementBytes < 4) return out.map(() => next() * 256);
  const floats = new Float32Array(out.buffer);
  const special = [0, -0, 1e-45, -1e-40, Infinity, -Infinity, 3.4e38, 1, -1, 0.5 / 32768, 1.5 / 32768];
  for (let i = 0; i < floats.length; i++) {
    const kind = next();
    if (kind < 0.1) floats[i] = special[Math.floor(next() * special.length)]!;
    else floats[i] = (next() * 2 - 1) * 10 ** Math.floor(next() * 4 - 2.5);
  }
  // Infinity - Infinity is NaN, whose bits are nobody's promise
  return seed > 2 ? new Uint8Array(floats.map((x) => (Number.isFinite(x) ? x : 1)).buffer) : out;
}

function same(address: number, what: string): void {
  compare(wasm, twin, address, area.bytes, what);
}

function compare(one: Engine, other: Engine, address: number, bytes: number, what: string): void {
  const end = address + bytes;
  if (Buffer.compare(one.u8.subarray(address, end), other.u8.subarray(address, end)) === 0) return;
  for (let i = address; i < end; i++) {
    if (one.u8[i] !== other.u8[i]) {
      assert.unreachable(`${what}: byte ${i - address} is ${one.u8[i]}; expected ${other.u8[i]}`);
    }
  }
}

/** Everything of the area but [dst, dst + written) still holds the canary. */
function untouched(engine: Engine, start: number, dst: number, written: number, what: string): void {
  for (const i of [dst - 1, dst - 2, dst - 16, dst + written, dst + written + 1, dst + written + 15]) {
    if (engine.u8[i] !== 0xc5) assert.unreachable(`${what}: byte ${i - start} was overwritten`);
  }
}

test.run();
