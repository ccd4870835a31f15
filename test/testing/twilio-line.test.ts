/** The simulated telephone line, on a virtual clock: what it says, what it plays, and how marks come back. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../src/core/clock.ts";
import { loadDspSync } from "../../src/index.ts";
import { TwilioLine, type TwilioLineOptions } from "../../src/testing.ts";
import { sameSamples } from "../samples.ts";

const dsp = loadDspSync();

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever the line says
type Json = any;

function line(options: Partial<TwilioLineOptions> = {}) {
  const clock = new VirtualClock(500);
  const sent: Json[] = [];
  const made = new TwilioLine({ send: (text) => sent.push(JSON.parse(text)), clock, ...options });
  const say = (event: string, body: object = {}) =>
    made.receive(JSON.stringify({ event, streamSid: made.streamSid, ...body }));
  const play = (samples: Int16Array) =>
    say("media", { media: { payload: Buffer.from(dsp.mulaw.encode(samples)).toString("base64") } });
  const mark = (name: string) => say("mark", { mark: { name } });
  return { clock, sent, line: made, say, play, mark };
}

const ramp = (length: number) => dsp.mulaw.decode(Uint8Array.from({ length }, (_, i) => i % 251));

test("it says connected, start and 20 ms of media every 20 ms, numbered as Twilio numbers", async () => {
  const { clock, sent, line: call } = line({ streamSid: "MZ1", parameters: { a: "b" } });
  call.connect();
  const said = call.say(ramp(400));
  await clock.advanceBy(100);
  await said;
  call.press("5");
  call.hangUp();
  await clock.advanceBy(1000);
  assert.equal(sent[0], { event: "connected", protocol: "Call", version: "1.0.0" });
  assert.is(sent[1].start.streamSid, "MZ1");
  assert.equal(sent[1].start.customParameters, { a: "b" });
  assert.equal(sent[1].start.mediaFormat, { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 });
  assert.equal(
    sent.slice(1).map(({ sequenceNumber, streamSid }) => [sequenceNumber, streamSid]),
    sent.slice(1).map((_, i) => [String(i + 1), "MZ1"]),
  );
  const media = sent.filter(({ event }) => event === "media");
  assert.equal(
    media.map(({ media: { chunk, timestamp } }) => [chunk, timestamp]),
    ["0", "20", "40", "60", "80"].map((timestamp, i) => [String(i + 1), timestamp]),
  );
  const bytes = Buffer.concat(media.map((message) => Buffer.from(message.media.payload, "base64")));
  assert.is(bytes.length, 800);
  sameSamples(dsp.mulaw.decode(bytes.subarray(0, 400)), ramp(400));
  assert.equal(sent.at(-2).dtmf, { track: "inbound_track", digit: "5" });
  assert.is(sent.at(-1).event, "stop");
});

test("audio is played in its own time, and a mark comes back once what was before it has been heard", async () => {
  const { clock, line: call, play, mark } = line();
  call.connect();
  mark("at once");
  play(ramp(800));
  mark("after 100 ms");
  play(ramp(80));
  mark("after 110 ms");
  mark("with it");
  assert.equal(call.marks, [{ name: "at once", cause: "played", atMs: 0 }]);
  assert.is(call.queuedMs, 110);
  await clock.advanceBy(90);
  assert.is(call.marks.length, 1);
  await clock.advanceBy(500);
  assert.equal(
    call.marks.map(({ name, atMs, cause }) => `${name} ${atMs} ${cause}`),
    ["at once 0 played", "after 100 ms 100 played", "after 110 ms 120 played", "with it 120 played"],
  );
  const all = new Int16Array(880);
  all.set(ramp(800));
  all.set(ramp(80), 800);
  sameSamples(call.played, all);
  sameSamples(call.heard.subarray(0, 880), all);
  assert.is(call.heard.length, 29 * 160);
  assert.equal(call.faults, []);
});

test("clear drops what has not been heard and returns the marks in it", async () => {
  const { clock, line: call, play, mark, say } = line();
  call.connect();
  play(ramp(1600));
  mark("a");
  play(ramp(160));
  mark("b");
  await clock.advanceBy(60);
  say("clear");
  assert.equal(
    call.marks.map(({ name, cause }) => `${name} ${cause}`),
    ["a cleared", "b cleared"],
  );
  assert.equal(call.clears, [{ atMs: 60, droppedMs: 160 }]);
  play(ramp(80));
  mark("c");
  await clock.advanceBy(100);
  assert.is(call.marks.at(-1)?.cause, "played");
  const heard = new Int16Array(560);
  heard.set(ramp(1600).subarray(0, 480));
  heard.set(ramp(80), 480);
  sameSamples(call.played, heard);
});

test("whatever is sent in whatever order: each mark comes back once, in order", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("play" as const), n: fc.nat({ max: 700 }) }),
    fc.record({ kind: fc.constant("mark" as const), n: fc.nat() }),
    fc.record({ kind: fc.constant("clear" as const), n: fc.nat() }),
    fc.record({ kind: fc.constant("wait" as const), n: fc.nat({ max: 90 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, line: call, play, mark, say, sent } = line();
      call.connect();
      let marks = 0;
      let samples = 0;
      for (const { kind, n } of steps) {
        if (kind === "play") play(ramp(n));
        if (kind === "play") samples += n;
        if (kind === "mark") mark(String(marks++));
        if (kind === "clear") say("clear");
        if (kind === "wait") await clock.advanceBy(n);
      }
      await clock.advanceBy(samples / 8 + 40);
      const expected = Array.from({ length: marks }, (_, i) => String(i));
      assert.equal(
        call.marks.map(({ name }) => name),
        expected,
      );
      assert.equal(
        sent.filter(({ event }) => event === "mark").map((message) => message.mark.name),
        expected,
      );
      assert.is(call.queuedMs, 0);
      call.hangUp();
    }),
    { numRuns: 50 },
  );
});

test("what Twilio would report as an error is noted, and the call goes on", async () => {
  const { clock, line: call, say, play } = line();
  call.connect();
  for (const text of ["{", "5", '{"event":"media"}']) call.receive(text);
  say("media", { media: { payload: "a" } });
  say("media");
  say("mark");
  say("error");
  assert.is(call.faults.length, 7);
  play(ramp(160));
  await clock.advanceBy(40);
  sameSamples(call.played, ramp(160));
});

test.run();
