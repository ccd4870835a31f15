import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648, strictly: groups of four of the alphabet; `=` only as the last one or two; bits that padding leaves unused are 0. */
function isStrict(text: Uint8Array): boolean {
  if (text.length % 4 !== 0) return false;
  const characters = Array.from(text, (code) => String.fromCharCode(code));
  const padding = characters.at(-1) !== "=" ? 0 : characters.at(-2) !== "=" ? 1 : 2;
  const body = characters.slice(0, characters.length - padding).map((c) => ALPHABET.indexOf(c));
  if (body.includes(-1)) return false;
  const unusedBits = padding * 2;
  return unusedBits === 0 || body.at(-1)! % 2 ** unusedBits === 0;
}

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });
  const next = random(7);
  const randomBytes = (n: number) => Uint8Array.from({ length: n }, () => next() * 256);

  test(`${backend}: bytes of every length to 300 encode and decode as Node's Buffer does`, () => {
    for (let n = 0; n <= 300; n++) {
      const bytes = randomBytes(n);
      const text = Buffer.from(bytes).toString("base64");
      assert.is(dsp.base64.encode(bytes), text);
      assert.is(dsp.base64.encodedLength(n), text.length);
      sameSamples(dsp.base64.decode(text), bytes);
    }
  });

  test(`${backend}: long bytes, in pieces, encode and decode as Node's Buffer does`, () => {
    for (const n of [49_151, 49_152, 49_153, 98_304, 100_000, 200_001]) {
      const bytes = randomBytes(n);
      const text = Buffer.from(bytes).toString("base64");
      assert.ok(dsp.base64.encode(bytes) === text, `${n} bytes`);
      sameSamples(dsp.base64.decode(text), bytes, `${n} bytes`);
    }
  });

  test(`${backend}: arrays in engine memory, at odd offsets, give the same, and nothing beside the output changes`, () => {
    for (const n of [0, 1, 2, 3, 47, 48, 49, 160, 60_000]) {
      const bytes = randomBytes(n);
      const text = Buffer.from(Buffer.from(bytes).toString("base64"));
      for (const isIn of [true, false]) {
        for (const isOut of [true, false]) {
          const margin = 7;
          const make = (length: number, isInside: boolean) =>
            (isInside ? dsp.allocBytes(length + 2 * margin) : new Uint8Array(length + 2 * margin)).fill(0xc5);
          const source = make(n, isIn);
          const middle = make(text.length, isOut);
          const back = make(n, isOut);
          source.set(bytes, margin);
          const out = middle.subarray(margin, margin + text.length);
          assert.is(dsp.base64.encodeInto(source.subarray(margin, margin + n), out), text.length);
          sameSamples(out, text);
          const target = back.subarray(margin, margin + n);
          assert.is(dsp.base64.decodeInto(out, target), n);
          sameSamples(target, bytes);
          for (const array of [source, middle, back]) {
            for (let i = 0; i < margin; i++) {
              assert.is(array[i], 0xc5);
              assert.is(array[array.length - 1 - i], 0xc5);
            }
          }
          for (const [array, isInside] of [
            [source, isIn],
            [middle, isOut],
            [back, isOut],
          ] as const)
            if (isInside) dsp.free(array);
        }
      }
    }
  });

  test(`${backend}: at every position, each of the 256 byte values is accepted exactly where RFC 4648 admits it`, () => {
    for (const n of [1, 2, 3, 12, 13, 14, 24, 35]) {
      const text = new Uint8Array(Buffer.from(Buffer.from(randomBytes(n)).toString("base64")));
      const out = new Uint8Array(64);
      for (let position = 0; position < text.length; position++) {
        const kept = text[position]!;
        for (let value = 0; value < 256; value++) {
          text[position] = value;
          const bytes = dsp.base64.decodeInto(text, out);
          const what = `${JSON.stringify(Buffer.from(text).toString("latin1"))}, position ${position}`;
          assert.is(bytes >= 0, isStrict(text), what);
          if (bytes < 0) continue;
          const expected = Buffer.from(Buffer.from(text).toString("latin1"), "base64");
          sameSamples(out.subarray(0, bytes), expected, what);
        }
        text[position] = kept;
      }
    }
  });

  test(`${backend}: padding and unused bits are held to the letter`, () => {
    const out = new Uint8Array(16);
    const decode = (text: string) => dsp.base64.decodeInto(Buffer.from(text, "latin1"), out);
    for (const [text, bytes] of [
      ["", 0],
      ["AA==", 1],
      ["AAA=", 2],
      ["AAAA", 3],
      ["/+==", -1],
      ["/w==", 1],
      ["//8=", 2],
      ["//9=", -1],
      ["AB==", -1],
      ["A===", -1],
      ["====", -1],
      ["AA=A", -1],
      ["AA", -1],
      ["AAA", -1],
      ["AAAAA", -1],
      ["AA==AAAA", -1],
      ["AAA=AAAA", -1],
      ["AAAA====", -1],
      ["AA A", -1],
      ["AAA\n", -1],
      ["AA-_", -1],
      ["AAé=", -1],
    ] as const) {
      assert.is(decode(text), bytes, JSON.stringify(text));
    }
  });

  test(`${backend}: padding at the seam of two pieces of a long text is refused`, () => {
    const text = Buffer.alloc(140_000, "A");
    const out = new Uint8Array(110_000);
    assert.is(dsp.base64.decodeInto(text, out), 105_000);
    for (const at of [65_535, 65_534, 131_071, 65_536, 100_000]) {
      text[at] = 61;
      assert.is(dsp.base64.decodeInto(text, out), -1, `= at ${at}`);
      text[at] = 65;
    }
  });

  test(`${backend}: random text is accepted exactly where RFC 4648 admits it`, () => {
    const out = new Uint8Array(200);
    const characters = fc.constantFrom(...ALPHABET, "=", "=", " ", "-", "\u00ff");
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 60 }), (list) => {
        const text = Buffer.from(list.join(""), "latin1");
        assert.is(dsp.base64.decodeInto(text, out) >= 0, isStrict(text));
      }),
      { numRuns: 3000 },
    );
  });

  test(`${backend}: decode() names the fault and the alphabet; encodeInto() and decodeInto() want room`, () => {
    assert.throws(
      () => dsp.base64.decode("not base64!"),
      (error: { code: string; hint: string }) => error.code === "ERR_BASE64" && error.hint.includes("A-Z"),
    );
    assert.throws(
      () => dsp.base64.decode("ÄÄÄÄ"),
      (error: { code: string }) => error.code === "ERR_BASE64",
    );
    for (const attempt of [
      () => dsp.base64.encodeInto(new Uint8Array(4), new Uint8Array(7)),
      () => dsp.base64.decodeInto(Buffer.from("AAAA"), new Uint8Array(2)),
    ]) {
      assert.throws(attempt, (error: { code: string }) => error.code === "ERR_OUTPUT_TOO_SMALL");
    }
  });
}

test.run();
