import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkIndex } from "../../src/files/m4a-index.ts";
import { readAudioFile } from "../../src/files.ts";
import { CodecError, VoxwireError } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";
import { goldenBytes } from "./golden.ts";

const uint32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function box(type: string, body: readonly number[]): number[] {
  return [...uint32(8 + body.length), ...new TextEncoder().encode(type), ...body];
}

function check(bytes: readonly number[]) {
  const all = Uint8Array.from(bytes);
  const readAt = async (start: number, length: number) => all.slice(start, start + length);
  return checkIndex({ totalBytes: all.length, readAt, advanceTo: () => undefined }, "a.m4a");
}

const ftyp = box("ftyp", [1, 2, 3, 4]);
const mdat = box("mdat", Array(100).fill(0));
const nested = (...tables: number[][]) =>
  ["stbl", "minf", "mdia", "trak", "moov"].reduce((body, type) => box(type, body), tables.flat());

test("an index behind the sound is found, and its offsets of both widths are those it has in front", async () => {
  const stco = box("stco", [...uint32(0), ...uint32(2), ...uint32(20), ...uint32(50)]);
  const co64 = box("co64", [...uint32(0), ...uint32(1), ...uint32(3), ...uint32(0xfffffff0)]);
  const moov = nested(stco, co64);
  const move = await check([...ftyp, ...mdat, ...moov]);
  assert.is(move?.insertAt, 12);
  assert.is(move?.indexStart, 120);
  const n = moov.length;
  const shifted = nested(
    box("stco", [...uint32(0), ...uint32(2), ...uint32(20 + n), ...uint32(50 + n)]),
    // over the edge of 32 bits
    box("co64", [...uint32(0), ...uint32(1), ...uint32(4), ...uint32(n - 16)]),
  );
  sameSamples(move!.index, shifted);
});

test("an index in front of the sound stays, and none is none", async () => {
  assert.is(await check([...ftyp, ...nested(), ...mdat]), undefined);
  assert.is(await check([...ftyp, ...mdat]), undefined);
  assert.is(await check([]), undefined);
  assert.is(await check([...ftyp, ...mdat, ...nested().slice(0, -1)]), undefined);
});

test("a table that says it is longer than its box is refused, wherever the index stands", async () => {
  const count = uint32(0xffffffff);
  for (const table of [
    box("stco", [...uint32(0), ...count]),
    box("co64", [...uint32(0), ...uint32(1)]),
    box("stsc", [...uint32(0), ...count, 1, 2, 3]),
    box("stts", [...uint32(0)]),
    box("stsz", [...uint32(0), ...uint32(0), ...count]),
    box("stsz", [...uint32(0), ...uint32(2), ...count]),
    box("trun", [...uint32(0x200), ...count]),
    box("trun", [...uint32(0), ...count]),
  ]) {
    for (const file of [
      [...ftyp, ...mdat, ...nested(table)],
      [...ftyp, ...nested(table), ...mdat],
      [...ftyp, ...mdat, ...box("moof", box("traf", table))],
    ]) {
      const error = await check(file).catch((reason) => reason);
      assert.instance(error, CodecError);
      assert.match(error.message, /a table \([a-z0-9]{4}\) that says it is longer than its \d+ bytes/);
    }
  }
});

test("M4A files with a damaged index give samples or a VoxwireError", async () => {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-"));
  const path = join(folder, "damaged.m4a");
  const next = random(31);
  const whole = goldenBytes("mono.m4a");
  const tally = { read: 0, refused: 0 };
  for (let round = 0; round < 120; round++) {
    const bytes = whole.slice();
    for (let i = 0; i <= next() * 8; i++) {
      bytes[bytes.length - 1 - Math.floor(next() * 700)] = next() < 0.3 ? 255 : next() * 256;
    }
    writeFileSync(path, bytes);
    try {
      await readAudioFile(path);
      tally.read++;
    } catch (error) {
      if (!(error instanceof VoxwireError)) throw error;
      tally.refused++;
    }
  }
  rmSync(folder, { recursive: true });
  assert.ok(tally.read > 10 && tally.refused > 10, JSON.stringify(tally));
});

test.run();
