// Opus against opusenc, opusdec and ffmpeg: their packets through our decoder, ours through theirs. Run by hand:
//   npm run build && node test/interop/opus-tools.mjs        (Debian: apt-get install opus-tools ffmpeg)
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOpus } from "../../dist/opus.js";

const SPEECH = new URL("../../assets/speech.wav", import.meta.url).pathname;
const RATE = 48_000;
const FRAME = 960;
const folder = mkdtempSync(join(tmpdir(), "voxwire-opus-"));
const at = (name) => join(folder, name);
const run = (program, ...args) => execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"] });
const samplesOf = (bytes) => new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);

try {
  const opus = await loadOpus({ bitrate: 64_000 });
  run("ffmpeg", "-y", "-i", SPEECH, "-ar", String(RATE), "-ac", "1", at("speech.wav"));
  run("ffmpeg", "-y", "-i", at("speech.wav"), "-f", "s16le", at("speech.s16"));
  const speech = samplesOf(readFileSync(at("speech.s16")));

  run("opusenc", "--quiet", "--bitrate", "64", "--framesize", "20", at("speech.wav"), at("theirs.opus"));
  const theirs = packetsOf(readFileSync(at("theirs.opus")));
  const decoded = decode(opus, theirs.packets).subarray(theirs.preSkip);
  for (const [name, pcm] of decodedByTools("theirs.opus"))
    report(`opusenc, our decoder against ${name}`, decoded, pcm);

  const own = encode(opus, speech);
  writeFileSync(at("ours.opus"), ogg(own.packets, own.preSkip, speech.length));
  const heard = decode(opus, own.packets).subarray(own.preSkip);
  for (const [name, pcm] of decodedByTools("ours.opus"))
    report(`our encoder, our decoder against ${name}`, heard, pcm);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function decodedByTools(name) {
  run(
    "opusdec",
    "--quiet",
    "--no-dither",
    "--rate",
    String(RATE),
    "--force-wav",
    at(name),
    at("opusdec.wav"),
  );
  run("ffmpeg", "-y", "-i", at("opusdec.wav"), "-f", "s16le", at("opusdec.s16"));
  // its own decoder brings the speech modes to 48 kHz by another resampler with another delay: not to be compared by sample
  run(
    "ffmpeg",
    "-y",
    "-c:a",
    "libopus",
    "-i",
    at(name),
    "-f",
    "s16le",
    "-ar",
    String(RATE),
    at("ffmpeg.s16"),
  );
  return ["opusdec", "ffmpeg"].map((tool) => [tool, samplesOf(readFileSync(at(`${tool}.s16`)))]);
}

function report(what, ours, others) {
  const n = Math.min(ours.length, others.length);
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < n; i++) {
    signal += others[i] ** 2;
    noise += (others[i] - ours[i]) ** 2;
  }
  const snrDb = 10 * Math.log10(signal / noise);
  const ok = snrDb > 60 && Math.abs(ours.length - others.length) <= FRAME;
  console.log(`${ok ? "ok  " : "FAIL"} ${what}: ${n} samples, ${snrDb.toFixed(1)} dB`);
  if (!ok) process.exitCode = 1;
}

function encode(opus, pcm) {
  const encoder = opus.createEncoder(undefined, RATE);
  const out = new Uint8Array(encoder.maxBytes(FRAME));
  const frame = new Int16Array(FRAME);
  const packets = [];
  for (let from = 0; from < pcm.length + encoder.latencySamples; from += FRAME) {
    frame.fill(0);
    frame.set(pcm.subarray(from, from + FRAME));
    packets.push(out.slice(0, encoder.encodeInto(frame, out)));
  }
  const preSkip = encoder.latencySamples;
  encoder.dispose();
  return { packets, preSkip };
}

function decode(opus, packets) {
  const decoder = opus.createDecoder(undefined, RATE);
  const out = new Int16Array(decoder.maxSamples(0));
  const all = packets.map((packet) => out.slice(0, decoder.decodeInto(packet, out)));
  decoder.dispose();
  const joined = new Int16Array(all.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of all) {
    joined.set(part, to);
    to += part.length;
  }
  return joined;
}

// Ogg (RFC 3533) with Opus (RFC 7845), as much as one stream of small packets needs
function packetsOf(bytes) {
  const packets = [];
  let open = [];
  for (let page = 0; page < bytes.length; ) {
    const segments = bytes[page + 26];
    let from = page + 27 + segments;
    for (let i = 0; i < segments; i++) {
      const length = bytes[page + 27 + i];
      open.push(bytes.subarray(from, from + length));
      from += length;
      if (length < 255) {
        packets.push(Uint8Array.from(Buffer.concat(open)));
        open = [];
      }
    }
    page = from;
  }
  const [head] = packets;
  return { packets: packets.slice(2), preSkip: head[10] | (head[11] << 8) };
}

function ogg(packets, preSkip, samples) {
  const head = Buffer.from("OpusHead\x01\x01\0\0\0\0\0\0\0\0\0", "latin1");
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(RATE, 12);
  const tags = Buffer.concat([
    Buffer.from("OpusTags"),
    Buffer.from([7, 0, 0, 0]),
    Buffer.from("voxwire"),
    Buffer.alloc(4),
  ]);
  const pages = [pageOf(head, 0, 0, 2), pageOf(tags, 0, 1, 0)];
  packets.forEach((packet, i) => {
    const isLast = i === packets.length - 1;
    const position = isLast ? samples + preSkip : (i + 1) * FRAME;
    pages.push(pageOf(packet, position, i + 2, isLast ? 4 : 0));
  });
  return Buffer.concat(pages);
}

function pageOf(packet, position, sequence, flags) {
  const lacing = [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const header = Buffer.alloc(27 + lacing.length);
  header.write("OggS");
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(position), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  header.set(lacing, 27);
  const page = Buffer.concat([header, packet]);
  page.writeUInt32LE(crc(page), 22);
  return page;
}

function crc(bytes) {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
