import { test } from "uvu";
import * as assert from "uvu/assert";
import { attachKernels } from "../../src/dsp/attach.ts";
import type { Engine } from "../../src/dsp/engine.ts";
import type { VoiceKernels } from "../../src/dsp/voice/kernels.ts";
import { voiceSource } from "../../src/dsp/voice/source.ts";
import { random, sameSamples } from "../samples.ts";
import { enginePair } from "./engines.ts";

const ROOM = 4096;
const { wasm, twin } = enginePair();
const areas = {
  x: address(),
  w: address(),
  f: address(),
  b: address(),
  a: address(),
  r: address(),
  y: address(),
  work: address(),
};
const inWasm = attachKernels(wasm, voiceSource);
const inTwin = attachKernels(twin, voiceSource);

function address(): number {
  const at = wasm.arena.alloc(ROOM * 4);
  assert.is(twin.arena.alloc(ROOM * 4), at);
  return at;
}

function view(engine: Engine, at: number): Float32Array {
  return new Float32Array(engine.buffer, at, ROOM);
}

function fillBoth(at: number, values: ArrayLike<number>): void {
  for (const engine of [wasm, twin]) {
    view(engine, at).fill(0);
    view(engine, at).set(Float32Array.from(values));
  }
}

function same(name: string): void {
  for (const [area, at] of Object.entries(areas)) {
    sameSamples(view(wasm, at), view(twin, at), `${name}: ${area}`);
  }
}

/** Speech-like: harmonics, noise and a level that changes. */
function voiced(n: number, seed: number): Float32Array {
  const draw = random(seed);
  const pitch = 80 + 200 * draw();
  return Float32Array.from({ length: n }, (_, i) => {
    let sum = 200 * (draw() - 0.5);
    for (let h = 1; h < 12; h++) sum += (3000 / h) * Math.sin((2 * Math.PI * pitch * h * i) / 8000 + h * h);
    return sum * (0.5 + i / n);
  });
}

const signals: Record<string, (n: number) => Float32Array> = {
  speech: (n) => voiced(n, 3),
  noise: (n) => {
    const draw = random(5);
    return Float32Array.from({ length: n }, () => 60_000 * (draw() - 0.5));
  },
  silence: (n) => new Float32Array(n),
  dc: (n) => new Float32Array(n).fill(32767),
  sine: (n) => Float32Array.from({ length: n }, (_, i) => 32767 * Math.sin(i * 0.3)),
  impulse: (n) => Float32Array.from({ length: n }, (_, i) => (i === n - 7 ? 32767 : 0)),
};

test("the module is WebAssembly on one engine and plain TypeScript on the other, and made once", () => {
  assert.is.not(inWasm.burg.toString(), inTwin.burg.toString());
  assert.match(inWasm.burg.toString(), "native code");
  assert.is(attachKernels(wasm, voiceSource), inWasm);
});

for (const [name, make] of Object.entries(signals)) {
  test(`${name}: burg, extrapolate, correlate and solveToeplitz agree with their twins bit for bit`, () => {
    for (const [n, order, second] of [
      [240, 112, 0],
      [400, 112, 240],
      [161, 80, 0],
      [37, 16, 21],
      [480, 224, 0],
    ] as const) {
      fillBoth(areas.x, make(n));
      fillBoth(
        areas.w,
        Float32Array.from({ length: n }, (_, i) => Math.sin((i + 0.5) / n)),
      );
      const end = areas.r + 4 * (order + 1);
      const errors = [inWasm, inTwin].map((k) =>
        k.burg(areas.x, areas.w, n, second, order, areas.f, areas.b, areas.a, end),
      );
      assert.is(errors[0], errors[1], `${name} ${n}`);
      same(`burg ${n}`);
      const y = areas.x + 4 * n;
      for (const k of [inWasm, inTwin]) k.extrapolate(end, order, y, 320, 30_000);
      same(`extrapolate ${n}`);
      const ringing = view(wasm, areas.x).subarray(n, n + 320);
      assert.ok(
        ringing.every((s) => Math.abs(s) <= 30_000),
        "within the limit",
      );
      for (const k of [inWasm, inTwin]) k.correlate(areas.a, areas.a, (order + 4) & ~3, areas.f, 160);
      same(`correlate ${n}`);
      for (const engine of [wasm, twin]) {
        const gram = view(engine, areas.f);
        gram.fill(0, order + 1);
        gram[0] = gram[0]! * 1.03 + 1;
      }
      for (const k of [inWasm, inTwin]) k.solveToeplitz(areas.f, areas.x, 160, areas.work, areas.y);
      same(`solveToeplitz ${n}`);
    }
  });
}

test("burg finds the coefficients that a signal was made with", () => {
  const draw = random(9);
  const x = new Float32Array(3000);
  for (let i = 2; i < x.length; i++) x[i] = 1.6 * x[i - 1]! - 0.8 * x[i - 2]! + 1000 * (draw() - 0.5);
  fillBoth(areas.x, x);
  fillBoth(areas.w, new Float32Array(3000).fill(1));
  inWasm.burg(areas.x, areas.w, 3000, 0, 16, areas.f, areas.b, areas.a, areas.r + 4 * 17);
  const a = view(wasm, areas.a);
  assert.ok(Math.abs(a[1]! + 1.6) < 0.05 && Math.abs(a[2]! - 0.8) < 0.05, `${a[1]}, ${a[2]}`);
  for (let i = 3; i <= 16; i++) assert.ok(Math.abs(a[i]!) < 0.08, `a[${i}] is ${a[i]}`);
});

test("solveToeplitz solves its system", () => {
  const n = 97;
  const row = Float32Array.from({ length: n }, (_, i) => (i === 0 ? 2 : Math.cos(i) / (1 + i * i)));
  const right = voiced(n, 11);
  fillBoth(areas.f, row);
  fillBoth(areas.x, right);
  inWasm.solveToeplitz(areas.f, areas.x, n, areas.work, areas.y);
  const y = view(wasm, areas.y);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += row[Math.abs(i - j)]! * y[j]!;
    assert.ok(Math.abs(sum - right[i]!) < 0.05, `row ${i}: ${sum}, not ${right[i]}`);
  }
});

test.run();
