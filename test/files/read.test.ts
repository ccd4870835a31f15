import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AudioSource, openAudioFile, readAudioFile, toMono } from "../../src/files.ts";
import { sameSamples, sine, snrDb } from "../samples.ts";
import { goldenPath, goldenSamples } from "./golden.ts";

const WAV_FILES: readonly (readonly [name: string, oracle: string, description: string])[] = [
  ["ffmpeg-u8", "ffmpeg-u8", "WAV, PCM 8-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-s16le", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-s24le", "ffmpeg-s24le", "WAV, PCM 24-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-s32le", "ffmpeg-s32le", "WAV, PCM 32-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-f32le", "ffmpeg-f32le", "WAV, float 32-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-f64le", "ffmpeg-f64le", "WAV, float 64-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-mulaw", "ffmpeg-mulaw", "WAV, mu-law, 8000 Hz, 2 channels"],
  ["ffmpeg-alaw", "ffmpeg-alaw", "WAV, A-law, 8000 Hz, 2 channels"],
  ["ffmpeg-rf64", "ffmpeg-s16le", "WAV (RF64), PCM 16-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-list", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-bext", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-pipe", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["ffmpeg-six", "ffmpeg-six", "WAV, PCM 16-bit, 48000 Hz, 6 channels"],
  ["sox-u8", "ffmpeg-u8", "WAV, PCM 8-bit, 8000 Hz, 2 channels"],
  ["sox-s16", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["sox-wavpcm", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["sox-pipe", "ffmpeg-s16le", "WAV, PCM 16-bit, 8000 Hz, 2 channels"],
  ["sox-s24", "ffmpeg-s24le", "WAV, PCM 24-bit, 8000 Hz, 2 channels"],
  ["sox-s32", "ffmpeg-s32le", "WAV, PCM 32-bit, 8000 Hz, 2 channels"],
  ["sox-f32", "ffmpeg-s16le", "WAV, float 32-bit, 8000 Hz, 2 channels"],
  ["sox-f64", "ffmpeg-s16le", "WAV, float 64-bit, 8000 Hz, 2 channels"],
  ["sox-mulaw", "ffmpeg-mulaw", "WAV, mu-law, 8000 Hz, 2 channels"],
  ["sox-alaw", "ffmpeg-alaw", "WAV, A-law, 8000 Hz, 2 channels"],
];

for (const [name, oracle, description] of WAV_FILES) {
  test(`${name}.wav decodes bit for bit as ffmpeg decodes it`, async () => {
    const audio = await readAudioFile(goldenPath(`${name}.wav`));
    assert.is(audio.description, description);
    assert.equal(audio.warnings, []);
    sameSamples(audio.samples, goldenSamples(oracle));
  });
}

/** LAME lowers the level to 0.95 before it encodes. */
const DECODED: readonly (readonly [name: string, title: string, minSnrDb: number, gain: number])[] = [
  ["flac", "FLAC", 80, 1],
  ["ogg", "Ogg Vorbis", 35, 1],
  ["opus", "Ogg Opus", 35, 1],
  ["mp3", "MP3", 50, 0.95],
  ["m4a", "M4A", 25, 1],
  ["aac", "AAC", 25, 1],
];

for (const [extension, title, minSnrDb, gain] of DECODED) {
  for (const channels of [1, 2]) {
    const name = `${channels === 1 ? "mono" : "stereo"}.${extension}`;
    test(`${name} has its length, its channels and its tones`, async () => {
      const audio = await readAudioFile(goldenPath(name));
      assert.is(audio.description, `${title}, 48000 Hz, ${channels} channel${channels === 1 ? "" : "s"}`);
      // an ADTS stream has no place to say where its last block of 1,024 samples ends
      assert.is(audio.samples.length / channels, extension === "aac" ? 19456 : 19200);
      for (let channel = 0; channel < channels; channel++) {
        const tone =
          channel === 0 ? sine(19200, 440, 48000, 0.5 * gain) : sine(19200, 880, 48000, 0.25 * gain);
        const decoded = audio.samples.filter((_, i) => i % channels === channel);
        const snr = snrDb(decoded.subarray(2400, 16800), tone.subarray(2400, 16800));
        assert.ok(snr > minSnrDb, `channel ${channel}: ${snr.toFixed(1)} dB`);
      }
    });
  }
}

test("FLAC in Ogg, and M4A with its index in front, decode as the others do", async () => {
  const flac = await readAudioFile(goldenPath("flac.oga"));
  sameSamples(flac.samples, (await readAudioFile(goldenPath("mono.flac"))).samples);
  const fast = await readAudioFile(goldenPath("stereo-faststart.m4a"));
  sameSamples(fast.samples, (await readAudioFile(goldenPath("stereo.m4a"))).samples);
});

test("a source tells its length beforehand and its progress on the way, and is read once", async () => {
  for (const name of ["ffmpeg-s16le.wav", "mono.flac", "mono.ogg", "mono.opus"]) {
    const source: AudioSource = await openAudioFile(goldenPath(name));
    let samples = 0;
    for await (const block of source) {
      assert.is(block.timestamp, samples);
      samples += block.samples.length / source.channels;
    }
    assert.is(source.durationSamples, samples, name);
    assert.is(source.progress, 1);
    await source.close();
    try {
      for await (const _ of source) assert.unreachable();
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, "ERR_DISPOSED");
    }
  }
});

test("toMono averages the channels", () => {
  const two = Float32Array.of(1, 0, 0.5, -0.5, -1, -1);
  sameSamples(toMono(two, 2), Float32Array.of(0.5, 0, -1));
  assert.is(toMono(two, 1), two);
  assert.throws(() => toMono(two, 4), /6 samples do not divide into 4 channels/);
});

test.run();
