import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { binDurations, drawHistogram } from "../../src/cli/plots/histogram.ts";
import { drawWaveform, PeakMeter } from "../../src/cli/plots/waveform.ts";
import { Terminal, type TerminalSource } from "../../src/cli/terminal.ts";

const durations = fc
  .array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((list) => Float64Array.from(list));

test("histogram: every duration is in exactly one bin, the bins join, and there are no more than asked for", () => {
  fc.assert(
    fc.property(durations, fc.integer({ min: 3, max: 20 }), (values, maxBins) => {
      const bins = binDurations(values, maxBins);
      assert.ok(bins.length >= 1 && bins.length <= maxBins);
      assert.is(
        bins.reduce((sum, { count }) => sum + count, 0),
        values.length,
      );
      assert.ok(bins[0]!.fromMs <= Math.min(...values) + 1e-6);
      assert.ok(bins.at(-1)!.toMs >= Math.max(...values) - 1e-6);
      for (let i = 1; i < bins.length; i++) assert.ok(Math.abs(bins[i]!.fromMs - bins[i - 1]!.toMs) < 1e-6);
    }),
  );
});

test("histogram: no line is wider than the terminal, and without Unicode there is ASCII only", () => {
  fc.assert(
    fc.property(durations, fc.integer({ min: 40, max: 160 }), fc.boolean(), (values, columns, isUnicode) => {
      for (const line of drawHistogram(binDurations(values, 10), columns, isUnicode)) {
        assert.ok(line.length <= columns, line);
        if (!isUnicode) assert.match(line, /^[\x20-\x7e]*$/);
      }
    }),
  );
});

test("histogram: one hiccup does not squeeze all others into one bin", () => {
  const values = Float64Array.from({ length: 500 }, (_, i) => 0.2 + i / 1000);
  values[250] = 900;
  const bins = binDurations(values, 10);
  assert.ok(bins.filter(({ count }) => count > 30).length >= 5, JSON.stringify(bins));
  assert.is(bins.at(-1)!.toMs, 900);
});

test("histogram: of nothing is nothing", () => {
  assert.equal(binDurations(new Float64Array(0), 10), []);
  assert.equal(drawHistogram([], 80, true), []);
});

test("peaks: any chunking gives the same columns", () => {
  const samples = fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(
      samples,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 80 }),
      (list, chunk, columns) => {
        const all = Int16Array.from(list);
        const whole = new PeakMeter(columns, all.length);
        whole.add(all);
        const pieces = new PeakMeter(columns, all.length);
        for (let at = 0; at < all.length; at += chunk) pieces.add(all.subarray(at, at + chunk));
        assert.equal([...pieces.peaks], [...whole.peaks]);
        assert.is(Math.max(...whole.peaks), Math.max(...list.map(Math.abs)) / 32768);
      },
    ),
  );
});

test("peaks: more samples than were announced count into the last column", () => {
  const meter = new PeakMeter(2, 4);
  meter.add(Int16Array.of(0, 0, 0, 0, 0, 16384));
  assert.equal([...meter.peaks], [0, 0.5]);
});

test("waveform: full scale fills every line, silence none, and half of it half of them", () => {
  const style = { isUnicode: true, rows: 2, fullScale: 0.8 };
  assert.equal(drawWaveform([0, 0.2, 0.4, 0.6, 0.8], style), ["   ▄█", " ▄███"]);
  assert.equal(drawWaveform([0, 0.2, 0.4, 0.6, 0.8], { ...style, isUnicode: false }), ["   :|", " :|||"]);
  assert.equal(drawWaveform([0, 0], { ...style, fullScale: 0 }), ["", ""]);
});

const stream = { write: () => true };
const terminalOf = (source: Partial<TerminalSource>) =>
  new Terminal({ env: {}, platform: "linux", stdout: stream, stderr: stream, ...source });

test("terminal: Unicode by the locale, by the first variable that is set; never for dumb ones", () => {
  const isUnicode = (env: Record<string, string>, platform = "linux") =>
    terminalOf({ env, platform }).isUnicode;
  assert.ok(isUnicode({ LANG: "en_GB.UTF-8" }));
  assert.ok(isUnicode({ LANG: "C", LC_ALL: "C.utf8" }));
  assert.ok(isUnicode({}));
  assert.not(isUnicode({ LANG: "en_US.UTF-8", LC_ALL: "C" }));
  assert.not(isUnicode({ LANG: "de_DE.ISO-8859-1" }));
  assert.not(isUnicode({ LANG: "C.UTF-8", TERM: "dumb" }));
  assert.not(isUnicode({}, "win32"));
  assert.ok(isUnicode({ WT_SESSION: "x" }, "win32"));
});

test("terminal: width is the terminal's within bounds, 80 without one; progress only where a person watches", () => {
  assert.is(terminalOf({}).columns, 80);
  assert.is(terminalOf({ stdout: { ...stream, columns: 100 } }).columns, 100);
  assert.is(terminalOf({ stdout: { ...stream, columns: 500 } }).columns, 160);
  assert.is(terminalOf({ stdout: { ...stream, columns: 9 } }).columns, 40);
  assert.is(terminalOf({ env: { COLUMNS: "120" } }).columns, 120);
  const stderr = { ...stream, isTTY: true };
  assert.ok(terminalOf({ stderr }).isInteractive);
  assert.not(terminalOf({}).isInteractive);
  assert.not(terminalOf({ stderr, env: { TERM: "dumb" } }).isInteractive);
  assert.not(terminalOf({ stderr, env: { CI: "true" } }).isInteractive);
});

test.run();
