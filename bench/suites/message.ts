/** One JSON media message, from int16 PCM in engine memory to finished bytes, and back to PCM. */
import { loadDspSync } from "../../src/index.ts";
import {
  createBuilders,
  createMessagePeers,
  createReaders,
  MESSAGE_SIZES,
  PREFIX,
  SUFFIX,
} from "../peers/message.ts";
import { speechLike } from "../signal.ts";
import { expectSame, type Group, type Suite } from "../suite.ts";

/** Against the best of the peers: half the time at 160 samples, a third at 480. */
const EXPECTED: Readonly<Record<number, number>> = { 160: 2, 480: 3 };

export function createMessageSuite(): Suite {
  const dsp = loadDspSync();
  const groups: Group[] = [];
  const disposals: (() => void)[] = [];
  const checks: (() => void)[] = [];
  for (const n of MESSAGE_SIZES) {
    const pcm = speechLike(n);
    const inPcm = dsp.allocInt16(n);
    inPcm.set(pcm);
    const writer = dsp.createMessageWriter({
      encoding: "mulaw",
      convention: "sun",
      prefix: PREFIX,
      suffix: SUFFIX,
      maxSamples: n,
    });
    const reader = dsp.createMessageReader({
      encoding: "mulaw",
      prefixes: [PREFIX],
      suffix: SUFFIX,
      maxBytes: 2000,
    });
    const message = Buffer.from(writer.write(inPcm));
    const text = message.toString();
    const names = Object.keys(createBuilders(n));
    groups.push({
      key: `build ${n}`,
      ours: [
        { name: "ours", run: () => writer.write(inPcm) },
        { name: "ours, copied", run: () => writer.write(pcm) },
      ],
      expected: Object.fromEntries(names.map((name) => [name, { ratio: EXPECTED[n]!, of: "fastest" }])),
    });
    groups.push({
      key: `read ${n}`,
      ours: [
        { name: "ours", run: () => reader.read(message) },
        { name: "ours, from text", run: () => reader.read(text) },
      ],
    });
    checks.push(() => {
      for (const [name, build] of Object.entries(createBuilders(n))) {
        expectSame(`build ${n}, ${name}`, build(pcm), writer.write(inPcm));
        expectSame(`build ${n}, copied`, writer.write(pcm), message);
      }
      const samples = dsp.mulaw.decode(dsp.mulaw.encode(pcm, { convention: "sun" }));
      for (const source of [message, text]) {
        reader.read(source);
        expectSame(`read ${n}, ours`, reader.samples, samples);
      }
      for (const [name, read] of Object.entries(createReaders(n))) {
        expectSame(`read ${n}, ${name}`, read(message), samples);
      }
    });
    disposals.push(() => {
      dsp.free(inPcm);
      writer.dispose();
      reader.dispose();
    });
  }
  return {
    name: "message",
    check: () => {
      for (const check of checks) check();
    },
    groups,
    peers: createMessagePeers(),
    dispose: () => {
      for (const dispose of disposals) dispose();
    },
  };
}
