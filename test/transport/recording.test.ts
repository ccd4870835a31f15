/** Recordings: who consents, what is where in time, what a crash or a full disk leaves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import {
  EchoHandler,
  type RecordingInfo,
  type RecordingOptions,
  type ServeOptions,
  serve,
  silentLogger,
  VirtualClock,
} from "../../src/server.ts";
import { Recorder } from "../../src/transport/recording/recorder.ts";
import { type RecordingOutput, WavFileOutput } from "../../src/transport/recording/recording-output.ts";
import { TwoTracks } from "../../src/transport/recording/two-tracks.ts";
import { sameSamples } from "../samples.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const dsp = loadDspSync();
const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** Runs `work` with a folder of its own. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-recording-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The two tracks of a WAV of 16 bits, by what its header says of its length. */
function tracksOf(wav: Buffer): { left: Int16Array; right: Int16Array; sampleRate: number } {
  const at = wav.indexOf("data");
  const bytes = wav.readUInt32LE(at + 4);
  const body = wav.subarray(at + 8, bytes === 0xffffffff ? undefined : at + 8 + bytes);
  const n = Math.floor(body.length / 4);
  const fmt = wav.indexOf("fmt ");
  assert.equal([wav.readUInt16LE(fmt + 8), wav.readUInt16LE(fmt + 10)], [1, 2]);
  return {
    left: Int16Array.from({ length: n }, (_, i) => body.readInt16LE(i * 4)),
    right: Int16Array.from({ length: n }, (_, i) => body.readInt16LE(i * 4 + 2)),
    sampleRate: wav.readUInt32LE(fmt + 12),
  };
}

class MemoryOutput implements RecordingOutput {
  canTake = true;
  error: unknown;
  readonly samples: number[] = [];

  write(samples: Int16Array): void {
    this.samples.push(...samples);
  }

  async end(): Promise<void> {}

  track(track: 0 | 1): number[] {
    return this.samples.filter((_, i) => i % 2 === track);
  }
}

function recorderOf(clock: VirtualClock, output: RecordingOutput, more: object = {}): Recorder {
  const rates = { inputRate: 1000, outputRate: 1000 };
  return new Recorder({ clock, dsp, ...rates, output, maxMs: 3_600_000, onStopped: () => {}, ...more });
}

const server = (recording: RecordingOptions, options: object = {}) =>
  serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    recording,
    ...options,
  } as ServeOptions);

async function started(url: string, id: string): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id });
  await client.sync();
  return client;
}

test("two tracks: any pieces in any order give what a long array gives, in constant memory", () => {
  const piece = fc.record({
    track: fc.constantFrom(0 as const, 1 as const),
    length: fc.integer({ min: 0, max: 40 }),
    wait: fc.integer({ min: 0, max: 60 }),
    takes: fc.integer({ min: 0, max: 120 }),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const capacity = 200;
      const tracks = new TwoTracks(capacity);
      const expected = [new Map<number, number>(), new Map<number, number>()];
      const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const out: number[] = [];
      let now = 0;
      let value = 1;
      const buffer = new Int16Array(64);
      const take = (upTo: number) => {
        for (let n = tracks.take(upTo, buffer); n > 0; n = tracks.take(upTo, buffer))
          out.push(...buffer.subarray(0, n * 2));
      };
      for (const { track, length, wait, takes } of pieces) {
        now += wait;
        const samples = Int16Array.from({ length }, () => (value = (value % 30_000) + 1));
        const taken = out.length / 2;
        const begin = Math.max(ends[track]! < now - 20 ? now : ends[track]!, taken);
        samples.forEach((sample, i) => {
          if (begin + i < taken + capacity) expected[track]!.set(begin + i, sample);
        });
        ends[track] = Math.min(begin + length, Math.max(begin, taken + capacity));
        if (begin >= taken + capacity) ends[track] = begin;
        tracks.write(track, samples, now, 20);
        take(Math.min(takes + taken, now));
      }
      take(Math.max(tracks.end, now));
      for (const [i, sample] of out.entries()) assert.is(sample, expected[i % 2]!.get(i >> 1) ?? 0);
      assert.is(Math.max(...expected[0]!.keys(), ...expected[1]!.keys(), -1) < out.length / 2, true);
    }),
    { numRuns: 300 },
  );
});

test("what is said is where its time is: pauses are silence, jitter is not, what is cleared is gone", async () => {
  const clock = new VirtualClock();
  const output = new MemoryOutput();
  const recorder = recorderOf(clock, output);
  const ones = (n: number, value: number) => new Int16Array(n).fill(value);
  await clock.advanceBy(20);
  recorder.input(ones(20, 1));
  recorder.output(ones(20, 2));
  // 80 ms late, and then all at once: no pause
  await clock.advanceBy(100);
  for (let i = 0; i < 5; i++) recorder.input(ones(20, 1));
  // a pause of 880 ms
  await clock.advanceBy(900);
  recorder.input(ones(20, 3));
  recorder.output(ones(100, 4));
  await clock.advanceBy(50);
  recorder.clear();
  recorder.output(ones(10, 5));
  await clock.advanceBy(10_000);
  await recorder.end();
  const left = output.track(0);
  const right = output.track(1);
  assert.is(left.length, 11_070);
  const runs = (track: number[]) =>
    track.reduce<[number, number, number][]>((all, value, i) => {
      const last = all.at(-1);
      if (last?.[0] === value) last[2]++;
      else all.push([value, i, 1]);
      return all;
    }, []);
  assert.equal(runs(left), [
    [1, 0, 120],
    [0, 120, 880],
    [3, 1000, 20],
    [0, 1020, 10_050],
  ]);
  // 20 samples at 20 ms; the second answer from 1,020 ms to its clear at 1,070; and what came after it
  assert.equal(runs(right).slice(0, 7), [
    [0, 0, 20],
    [2, 20, 20],
    [0, 40, 980],
    [4, 1020, 50],
    [5, 1070, 10],
    [0, 1080, 9990],
  ]);
});

test("a recorder's memory does not grow while the disk is slow: what has no room is counted, the rest keeps its time", async () => {
  const clock = new VirtualClock();
  const output = new MemoryOutput();
  const recorder = recorderOf(clock, output);
  output.canTake = false;
  for (let i = 0; i < 1500; i++) {
    await clock.advanceBy(20);
    recorder.input(new Int16Array(20).fill(1 + (i % 1000)));
  }
  assert.ok(recorder.droppedMs > 20_000);
  output.canTake = true;
  await clock.advanceBy(2000);
  recorder.input(new Int16Array(20).fill(7));
  await recorder.end();
  const left = output.track(0);
  assert.is(left.length, 32_000);
  assert.is(left[0], 1);
  assert.equal(left.slice(-20), new Array(20).fill(7));
});

test("rates that differ are brought to the higher one", async () => {
  const clock = new VirtualClock();
  const output = new MemoryOutput();
  const recorder = recorderOf(clock, output, { inputRate: 8000, outputRate: 16_000 });
  assert.is(recorder.sampleRate, 16_000);
  for (let i = 0; i < 50; i++) {
    await clock.advanceBy(20);
    recorder.input(new Int16Array(160).fill(1000));
    recorder.output(new Int16Array(320).fill(2000));
  }
  await recorder.end();
  const [left, right] = [output.track(0), output.track(1)];
  assert.ok(Math.abs(left[8000]! - 1000) < 5);
  assert.is(right[8000], 2000);
});

test("a call is in the file: the client left, the handler right, at the rate of the wire", async () => {
  await inFolder(async (folder) => {
    const clock = new VirtualClock();
    const recorded: RecordingInfo[] = [];
    const voice = await server(
      { dir: join(folder, "new"), consent: () => true, onRecorded: (_, info) => void recorded.push(info) },
      { clock, heartbeatMs: 3_600_000 },
    );
    await withServer(voice, async () => {
      const client = await started(voice.url, "../a/b c");
      for (let i = 0; i < 10; i++) {
        await clock.advanceBy(20);
        client.sendMedia(FRAME);
        await client.nextAudio(160);
      }
      client.send({ event: "stop" });
      await client.closed;
      while (voice.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
    });
    const [name = ""] = readdirSync(join(folder, "new"));
    assert.match(name, /^[\dTZ-]+-___a_b_c-[0-9a-f]{8}\.wav$/);
    const path = join(folder, "new", name);
    assert.is(statSync(path).mode & 0o777, 0o600);
    const { left, right, sampleRate } = tracksOf(readFileSync(path));
    assert.is(sampleRate, 8000);
    const heard = throughMulaw(FRAME);
    sameSamples(left.subarray(0, 160), heard);
    sameSamples(left.subarray(1440, 1600), heard);
    // the echo begins when the frame has come
    sameSamples(right.subarray(160, 320), heard);
    assert.equal([recorded.length, recorded[0]?.path, recorded[0]?.droppedMs], [1, path, 0]);
    assert.is(recorded[0]?.durationMs, left.length / 8);
    assert.is(voice.metrics.recordings, 1);
  });
});

test("nothing is recorded without consent, and from when it is given", async () => {
  await inFolder(async (folder) => {
    const clock = new VirtualClock();
    let give: (may: boolean) => void = () => {};
    const consent = ({ id }: { id: string }) => {
      if (id === "throws") throw new Error("no");
      if (id === "odd") return "yes" as never;
      return id === "no" ? false : new Promise<boolean>((resolve) => (give = resolve));
    };
    const voice = await server({ dir: folder, consent }, { clock, heartbeatMs: 3_600_000 });
    await withServer(voice, async () => {
      for (const id of ["no", "throws", "odd", "late"]) {
        const client = await started(voice.url, id);
        await clock.advanceBy(20);
        client.sendMedia(FRAME);
        await client.nextAudio(160);
        if (id === "late") {
          give(true);
          await Promise.resolve();
          await clock.advanceBy(1000);
          client.sendMedia(new Int16Array(160).fill(-4));
          await client.nextAudio(160);
        }
        await client.leave();
      }
      while (voice.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
    });
    const names = readdirSync(folder);
    assert.is(names.length, 1);
    assert.match(names[0]!, "-late-");
    const { left } = tracksOf(readFileSync(join(folder, names[0]!)));
    assert.is(left.length, 8160);
    assert.ok(left.subarray(0, 7840).every((sample) => sample === 0));
  });
});

test("what a crash leaves is a WAV whose header names what there is, up to the last seconds", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.wav");
    const output = new WavFileOutput(path, 1000);
    for (let i = 0; i < 10; i++) output.write(new Int16Array(1000).fill(i + 1));
    // 5 s have been handed over; no end comes
    while (statSync(path, { throwIfNoEntry: false })?.size !== 80 + 20_000)
      await new Promise((resolve) => setImmediate(resolve));
    const { left } = tracksOf(readFileSync(path));
    assert.is(left.length, 4000);
    assert.equal([left[0], left[3999]], [1, 8]);
    await output.end();
    assert.is(tracksOf(readFileSync(path)).left.length, 5000);
  });
});

test("a folder that cannot be written costs the recording and not the call", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const voice = await server({ dir: file, consent: () => true });
    await withServer(voice, async () => {
      const client = await started(voice.url, "a");
      client.sendMedia(FRAME);
      await client.nextAudio(160);
      await client.leave();
      while (voice.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
      assert.is(voice.metrics.recordingsFailed, 1);
    });
  });
});

test("a stream gets the same, with a header that leaves the length open; a server that closes ends it", async () => {
  const parts: Buffer[] = [];
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        parts.push(chunk);
        done();
      },
    });
  const voice = await server({ stream, consent: () => true });
  const client = await started(voice.url, "a");
  client.sendMedia(FRAME);
  await client.nextAudio(160);
  await voice.close();
  const wav = Buffer.concat(parts);
  const { left, right } = tracksOf(wav);
  const heard = throughMulaw(FRAME);
  const at = left.findIndex((sample) => sample === heard[0]);
  sameSamples(left.subarray(at, at + 160), heard);
  assert.ok(right.some((sample) => sample !== 0));
  assert.is(wav.readUInt32LE(4), 0xffffffff);
});

test("a recording ends at its limit, and the call goes on", async () => {
  const clock = new VirtualClock();
  const output = new MemoryOutput();
  let stopped = 0;
  const recorder = recorderOf(clock, output, { maxMs: 3000, onStopped: () => void stopped++ });
  await clock.advanceBy(20_000);
  recorder.input(new Int16Array(20));
  assert.is(stopped, 1);
  assert.ok(output.samples.length / 2 <= 4500);
});

test("settings that are none are refused by name", async () => {
  const consent = () => true;
  for (const recording of [
    {},
    { dir: "x" },
    { dir: "x", consent, stream: () => new Writable() },
    { dir: "x", consent, maxMs: 1 },
  ])
    await server(recording as never).then(
      () => assert.unreachable(JSON.stringify(recording)),
      (error) => assert.match(error.message, /recording/),
    );
});

test("recorded through a jitter buffer: in order, a lost frame made up, the statistics with it", async () => {
  const clock = new VirtualClock();
  const output = new MemoryOutput();
  const recorder = new Recorder({
    clock,
    dsp,
    inputRate: 8000,
    outputRate: 8000,
    output,
    maxMs: 60_000,
    jitter: { settings: {}, frameMs: 20 },
    onStopped: () => {},
  });
  const tone = (i: number) => Int16Array.from({ length: 160 }, (_, n) => 5000 * Math.sin((i * 160 + n) / 7));
  for (const i of [0, 1, 3, 2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14]) {
    recorder.input(tone(i), i, i * 160);
    await clock.advanceBy(i === 8 ? 40 : 20);
  }
  await recorder.end();
  const { jitter } = recorder;
  assert.is(jitter?.packetsReceived, 14);
  assert.ok(jitter!.concealedSamples >= 160);
  const left = output.track(0);
  // nowhere between the first frame and the last is it silent
  const loud = Array.from({ length: Math.floor(left.length / 160) }, (_, f) =>
    left.slice(f * 160, (f + 1) * 160).some((x) => Math.abs(x) > 1000),
  );
  const first = loud.indexOf(true);
  assert.ok(loud.slice(first, first + 13).every(Boolean));
  const fourth = left.findIndex((_, at) => tone(4).every((x, n) => left[at + n] === x));
  const fifth = left.findIndex((_, at) => tone(5).every((x, n) => left[at + n] === x));
  assert.is(fifth - fourth, 160);
});

for (const isClocked of [true, false]) {
  const how = isClocked
    ? "the handler's own, whose statistics the session has"
    : "the recording's own, whose statistics it has";
  test(`a call through a jitter buffer, ${how}: every frame is in the file`, async () => {
    await inFolder(async (folder) => {
      const clock = new VirtualClock();
      const recorded: RecordingInfo[] = [];
      const sessions: unknown[] = [];
      const voice = await server(
        {
          dir: folder,
          jitter: true,
          consent: () => true,
          onRecorded: ({ jitter }, info) => {
            recorded.push(info);
            sessions.push(jitter);
          },
        },
        { clock, heartbeatMs: 3_600_000, jitter: isClocked },
      );
      await withServer(voice, async () => {
        const client = await started(voice.url, "c");
        const taken = (n: number) => voice.metrics.framesIn >= n;
        for (let i = 0; i < 10; i++) {
          client.sendMedia(FRAME);
          while (!taken(i + 1)) await new Promise((resolve) => setImmediate(resolve));
          await clock.advanceBy(20);
        }
        await clock.advanceBy(100);
        client.send({ event: "stop" });
        await client.closed;
        while (voice.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
      });
      const [name = ""] = readdirSync(folder);
      const { left } = tracksOf(readFileSync(join(folder, name)));
      const heard = throughMulaw(FRAME);
      let whole = 0;
      for (let at = 0; at + 160 <= left.length; at++) {
        if (heard.every((value, i) => left[at + i] === value)) whole++;
      }
      assert.ok(whole >= 9, `${whole} of 10 frames`);
      assert.is(recorded[0]?.jitter?.packetsReceived, isClocked ? undefined : 10);
      assert.is(sessions[0] === undefined, !isClocked);
    });
  });
}

test.run();
