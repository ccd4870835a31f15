import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { engineOf } from "../../src/dsp/formats.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";

const prefix = '{"event":"media","media":{"payload":"';
const spaced = '{"event": "media", "media": {"payload": "';
const suffix = '"}}';
const next = random(3);
const noise = (n: number) => Int16Array.from({ length: n }, () => next() * 65536 - 32768);
const hasCode = (code: string) => (error: { code: string }) => error.code === code;

for (const backend of ["wasm", "js"] as const) {
  const dsp = loadDspSync({ backend });

  for (const encoding of ["mulaw", "alaw"] as const) {
    for (const convention of ["g191", "audioop", "sun"] as const) {
      test(`${backend}: ${encoding} ${convention} messages of every length are prefix, Base64 and suffix`, () => {
        const writer = dsp.createMessageWriter({ encoding, convention, prefix, suffix, maxSamples: 960 });
        for (const n of [...Array(101).keys(), 160, 320, 480, 959, 960]) {
          const pcm = noise(n);
          const text = Buffer.from(dsp[encoding].encode(pcm, { convention })).toString("base64");
          assert.is(Buffer.from(writer.write(pcm)).toString(), prefix + text + suffix);
        }
        writer.dispose();
      });
    }

    test(`${backend}: ${encoding} messages come back as their samples decoded, from bytes and from text`, () => {
      const writer = dsp.createMessageWriter({ encoding, prefix: spaced, suffix, maxSamples: 960 });
      const reader = dsp.createMessageReader({
        encoding,
        prefixes: [prefix, spaced],
        suffix,
        maxBytes: 2000,
      });
      fc.assert(
        fc.property(fc.int16Array({ maxLength: 960 }), (pcm) => {
          const message = Buffer.from(writer.write(pcm));
          const expected = dsp[encoding].decode(dsp[encoding].encode(pcm));
          assert.is(reader.read(message), pcm.length);
          sameSamples(reader.samples, expected);
          assert.is(reader.read(message.toString()), pcm.length);
          sameSamples(reader.samples, expected);
        }),
        { numRuns: 200 },
      );
      writer.dispose();
      reader.dispose();
    });
  }

  test(`${backend}: pcm16 messages of every length carry the samples as they are, little-endian`, () => {
    const options = { encoding: "pcm16", prefix, suffix, maxSamples: 960 } as const;
    const writer = dsp.createMessageWriter(options);
    const reader = dsp.createMessageReader({
      encoding: "pcm16",
      prefixes: [prefix],
      suffix,
      maxBytes: 4000,
    });
    for (const n of [...Array(101).keys(), 160, 320, 480, 959, 960]) {
      const pcm = noise(n);
      const text = Buffer.from(pcm.buffer, 0, n * 2).toString("base64");
      const message = Buffer.from(writer.write(pcm));
      assert.is(message.toString(), prefix + text + suffix);
      assert.is(message.length, writer.messageBytes(n));
      assert.is(reader.read(message), n);
      sameSamples(reader.samples, pcm);
      assert.is(reader.readPayload(text), n);
      sameSamples(reader.samples, pcm);
    }
    const half = Buffer.from([1, 2, 3]).toString("base64");
    assert.is(reader.read(prefix + half + suffix), -1, "half a sample");
    assert.is(reader.readPayload(half), -1);
    writer.dispose();
    reader.dispose();
  });

  test(`${backend}: a bare payload is read strictly`, () => {
    const reader = dsp.createMessageReader({
      encoding: "mulaw",
      prefixes: [prefix],
      suffix,
      maxBytes: 400,
    });
    const bytes = Buffer.from(noise(100).buffer, 0, 100);
    assert.is(reader.readPayload(bytes.toString("base64")), 100);
    sameSamples(reader.samples, dsp.mulaw.decode(bytes));
    for (const wrong of ["A", "AAA", "AA\n=", "\u00e9AAA", "AB==", "A".repeat(404)]) {
      assert.is(reader.readPayload(wrong), -1, JSON.stringify(wrong));
    }
    assert.is(reader.readPayload(""), 0);
    reader.dispose();
  });

  test(`${backend}: pcm in engine memory, whole or in part, is written as pcm outside is`, () => {
    const writer = dsp.createMessageWriter({ encoding: "mulaw", prefix, suffix, maxSamples: 320 });
    const inside = dsp.allocInt16(330);
    inside.set(noise(330));
    const part = inside.subarray(7, 327);
    const expected = Buffer.from(writer.write(part.slice()));
    assert.equal(Buffer.from(writer.write(part)), expected);
    const whole = dsp.allocInt16(320);
    whole.set(part);
    assert.equal(Buffer.from(writer.write(whole)), expected);
    writer.dispose();
    dsp.free(inside);
    dsp.free(whole);
  });

  test(`${backend}: head room before the text is kept and left alone`, () => {
    const writer = dsp.createMessageWriter({
      encoding: "mulaw",
      prefix,
      suffix,
      maxSamples: 160,
      headroomBytes: 14,
    });
    const first = writer.write(noise(160));
    const room = new Uint8Array(first.buffer, first.byteOffset - 14, 14);
    room.set([...Array(14).keys()].map((i) => 200 + i));
    writer.write(noise(160));
    writer.write(noise(3));
    sameSamples(
      room,
      [...Array(14).keys()].map((i) => 200 + i),
    );
    writer.dispose();
  });

  test(`${backend}: anything of another shape is -1, never an exception, and leaves the last samples alone`, () => {
    const reader = dsp.createMessageReader({ encoding: "mulaw", prefixes: [prefix], suffix, maxBytes: 400 });
    const payload = Buffer.from(dsp.mulaw.encode(noise(160))).toString("base64");
    const good = prefix + payload + suffix;
    assert.is(reader.read(good), 160);
    const samples = reader.samples.slice();
    const bad = {
      empty: "",
      "prefix only": prefix,
      "suffix only": suffix,
      "prefix with the suffix cut short": prefix + suffix.slice(0, 2),
      "another prefix": good.replace("media", "medio"),
      "a prefix that starts late": ` ${good}`,
      "another suffix": `${prefix}${payload}"]}`,
      "text after the suffix": `${good} `,
      "a second payload": `${prefix}${payload}","x":"${payload}${suffix}`,
      "an escape in the payload": `${prefix}AA\\/=${suffix}`,
      "missing padding": `${prefix}${payload.replace(/=+$/, "")}${suffix}`,
      "white space in the payload": `${prefix}${payload.slice(0, 7)} ${payload.slice(8)}${suffix}`,
      "letters outside ASCII": `${prefix}${"é".repeat(8)}${suffix}`,
      "a character that becomes an ASCII byte by truncation": `${prefix}${"\u0141".repeat(4)}${suffix}`,
      "a lone surrogate": `${prefix}AAA\ud800${suffix}`,
      "one byte too long": prefix + "A".repeat(400 - prefix.length - suffix.length + 1) + suffix,
      "much too long": "x".repeat(100_000),
      "too long only as UTF-8": "é".repeat(300),
    };
    for (const [what, message] of Object.entries(bad)) {
      assert.is(reader.read(message), -1, `${what}, as text`);
      assert.is(reader.read(Buffer.from(message)), -1, `${what}, as bytes`);
      sameSamples(reader.samples, samples, what);
    }
    for (let cut = 0; cut < good.length; cut++)
      assert.is(reader.read(good.slice(0, cut)), -1, `cut at ${cut}`);
    assert.is(reader.read(good), 160);
    reader.dispose();
  });

  test(`${backend}: a message of exactly maxBytes is read, an empty payload is no samples`, () => {
    const reader = dsp.createMessageReader({ encoding: "alaw", prefixes: [prefix], suffix, maxBytes: 120 });
    const room = 120 - prefix.length - suffix.length;
    assert.is(room % 4, 0);
    const full = prefix + "A".repeat(room) + suffix;
    assert.is(full.length, 120);
    assert.is(reader.read(full), (room / 4) * 3);
    assert.is(reader.read(prefix + suffix), 0);
    assert.is(reader.samples.length, 0);
    reader.dispose();
  });

  test(`${backend}: what one stream wrote or read never shows in another's`, () => {
    const options = { encoding: "mulaw", prefix, suffix, maxSamples: 320 } as const;
    const writers = [dsp.createMessageWriter(options), dsp.createMessageWriter(options)] as const;
    const readers = [0, 1].map(() =>
      dsp.createMessageReader({ encoding: "mulaw", prefixes: [prefix], suffix, maxBytes: 600 }),
    ) as [ReturnType<typeof dsp.createMessageReader>, ReturnType<typeof dsp.createMessageReader>];
    const ones = new Int16Array(320).fill(1000);
    const first = writers[0].write(ones);
    const kept = Buffer.from(first);
    assert.is(readers[0].read(first), 320);
    const heard = readers[0].samples;
    const keptHeard = heard.slice();
    for (let i = 0; i < 50; i++) {
      const n = 1 + Math.floor(next() * 320);
      assert.is(readers[1].read(writers[1].write(noise(n))), n);
      assert.is(readers[1].samples.length, n);
      dsp.mulaw.encode(noise(n));
    }
    assert.equal(Buffer.from(first), kept);
    sameSamples(heard, keptHeard);
    // a short message after a long one holds none of the long one
    assert.is(Buffer.from(writers[0].write(new Int16Array(1))).toString(), `${prefix}/w==${suffix}`);
    for (const part of [...writers, ...readers]) part.dispose();
  });

  test(`${backend}: writers and readers give all their memory back, once, and refuse to work afterwards`, () => {
    const before = dsp.memory;
    const writer = dsp.createMessageWriter({ encoding: "mulaw", prefix, suffix, maxSamples: 160 });
    const reader = dsp.createMessageReader({ encoding: "mulaw", prefixes: [prefix], suffix, maxBytes: 400 });
    const view = writer.write(noise(160));
    assert.throws(() => dsp.free(view), hasCode("ERR_CONFIG"));
    for (const part of [writer, reader, writer, reader]) part.dispose();
    assert.equal(dsp.memory, before);
    assert.throws(() => writer.write(noise(160)), hasCode("ERR_DISPOSED"));
    assert.throws(() => reader.read(prefix + suffix), hasCode("ERR_DISPOSED"));
    assert.is(reader.samples.length, 0);
  });

  test(`${backend}: a writer or reader that does not fit leaves nothing behind`, () => {
    const small = loadDspSync({ backend, memoryBytes: 320 * 1024 });
    const before = small.memory;
    const filler = small.allocBytes(small.memory.capacityBytes - before.usedBytes - 1024);
    const used = small.memory;
    for (let i = 0; i < 100; i++) {
      assert.throws(
        () => small.createMessageWriter({ encoding: "mulaw", prefix, suffix, maxSamples: 960 }),
        hasCode("ERR_ARENA_FULL"),
      );
      assert.throws(
        () => small.createMessageReader({ encoding: "mulaw", prefixes: [prefix], suffix, maxBytes: 2000 }),
        hasCode("ERR_ARENA_FULL"),
      );
    }
    assert.equal(small.memory, used);
    small.free(filler);
    small.createMessageWriter({ encoding: "mulaw", prefix, suffix, maxSamples: 960 }).dispose();
    assert.equal(small.memory, before);
  });

  test(`${backend}: wrong options and frames are named`, () => {
    const options = { encoding: "mulaw", prefix, suffix, maxSamples: 160 } as const;
    const writer = dsp.createMessageWriter(options);
    assert.throws(() => writer.write(noise(161)), hasCode("ERR_FRAME_TOO_LONG"));
    assert.throws(() => writer.write(new Float32Array(1) as unknown as Int16Array), hasCode("ERR_CONFIG"));
    writer.dispose();
    const wrong: [object, string][] = [
      [{ encoding: "opus" }, "ERR_CODEC_UNKNOWN"],
      [{ convention: "itu" }, "ERR_UNKNOWN_CONVENTION"],
      [{ prefix: "ü" }, "ERR_CONFIG"],
      [{ suffix: "ü" }, "ERR_CONFIG"],
      [{ maxSamples: 0 }, "ERR_CONFIG"],
      [{ headroomBytes: -1 }, "ERR_CONFIG"],
    ];
    const slots = engineOf(dsp).arena.slots;
    for (const [option, code] of wrong) {
      assert.throws(() => dsp.createMessageWriter({ ...options, ...option }), hasCode(code), code);
    }
    assert.throws(
      () => dsp.createMessageReader({ encoding: "alaw", prefixes: ["ü"], suffix, maxBytes: 10 }),
      hasCode("ERR_CONFIG"),
    );
    assert.is(engineOf(dsp).arena.slots, slots);
  });
}

test.run();
