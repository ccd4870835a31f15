import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { describeError } from "../../src/cli/describe-error.ts";
import { VoxwireError } from "../../src/core/errors.ts";
import { nearest } from "../../src/core/nearest.ts";
import { SPEECH, voxwire, voxwireHere, withFolder } from "./run-cli.ts";

const url = ["--url", "ws://127.0.0.1:1"];

/** A wrong command line, and what its error must name. */
const WRONG: readonly [args: string[], ...expected: RegExp[]][] = [
  [["dmo"], /unknown command 'dmo'/, /demo/],
  [["help", "dmo"], /unknown command 'dmo'/, /demo/],
  [["serve", "--prot", "80"], /'--prot'/, /--port/],
  [["demo", "extra"], /too many arguments/],
  [["serve", "--rate", "8"], /--rate is 8/, /Rates are in Hz: write 8000\.$/],
  [["serve", "--rate", "44.1k"], /--rate is "44\.1k"/, /write 44100\.$/],
  [["serve", "--input-rate", "fast"], /--input-rate is "fast"/, /Common rates/],
  [["serve", "--port", "99999"], /--port is "99999"/, /from 0 to 65535/, /For example --port 65535\.$/],
  [["serve", "--port", "0x10"], /--port is "0x10"/],
  [["serve", "--host", ""], /--host is ""; expected an address/, /"0\.0\.0\.0" for all its addresses\.$/],
  [["serve", "--allow-origin", "example.org"], /--allow-origin has "example\.org"/, /https:\/\/example\.org/],
  [["serve", "--frame-ms", "2.5"], /--frame-ms is "2\.5"/, /--frame-ms 5\.$/],
  [["serve", "--max-sessions", "-1"], /--max-sessions/],
  [["serve", "--tls-cert", "cert.pem"], /--tls-key is missing/, /both/],
  [["serve", "--token-secret", "no-such-file"], /--token-secret cannot be read: ENOENT/],
  [["serve", "--trust-proxy", "proxy.example.org"], /--trust-proxy has "proxy\.example\.org"/],
  [["serve", "--path", "voice"], /--path is "voice"/, /starts with a slash/],
  [["serve", "--allow-origin"], /argument missing/],
  [["demo", "--seconds", "0"], /--seconds is "0"/],
  [["demo", "--repeat", "2", "--seconds", "3"], /cannot be used with/],
  [["demo", "--file", SPEECH, "--out", SPEECH], /--out/, /another path/],
  [["stream", SPEECH, "--out", "x.wav"], /--url/],
  [["stream", SPEECH, ...url], /--out/],
  [["stream", "--out", "x.wav", ...url], /missing required argument 'file'/],
  [["stream", SPEECH, ...url, "--out", SPEECH], /is the file that is read/],
  [["stream", SPEECH, "--url", "ftp://x", "--out", "x.wav"], /--url is "ftp:\/\/x"/, /ws:\/\/host:port/],
  [["stream", SPEECH, ...url, "--out", "x.wav", "--encoding", "mulow"], /Did you mean mulaw\?$/],
  [
    ["stream", SPEECH, ...url, "--out", "x.wav", "--protocol", "twillio"],
    /--protocol is "twillio"; expected binary, fastrtc, twilio\. Did you mean twilio\?$/,
  ],
  [["stream", SPEECH, ...url, "--out", "x.wav", "--legacy", "--encoding", "alaw"], /--legacy/, /mu-law only/],
  [["stream", SPEECH, ...url, "--out", "x.wav", "--id", "a\u0007"], /id is/],
  [
    ["stream", SPEECH, ...url, "--out", "x.wav", "--network", "wify"],
    /--network "wify" is neither a network nor a file\. Did you mean wifi\?$/,
  ],
  [["serve", "--network", SPEECH], /--network .*speech\.wav: Line 1/, /docs\/network\.md/],
  [["serve", "--network-seed", "2"], /--network-seed stands without --network/],
  [["serve", "--network", "wifi", "--network-seed", "-1"], /--network-seed is "-1"/],
  [["convert", "a.wav"], /missing required argument 'out'/],
  [["convert", "a.wav", "b.wav", "--rate", "16"], /write 16000\.$/],
  [["convert", "a.wav", "b.wav", "--channels", "0"], /--channels is "0"/],
  [["convert", SPEECH, SPEECH], /same file/],
  [["convert", SPEECH, "b.mp3"], /"b\.mp3" says \.mp3, and what is written is WAV\. Write b\.wav; /],
  [["stream", SPEECH, ...url, "--out", "x.FLAC"], /--out "x\.FLAC" says \.FLAC/],
  [["demo", "--out", "echo.ogg"], /--out "echo\.ogg" says \.ogg/],
  [["convert", "-", "b.wav"], /"-" is no file/, /\/dev\/stdin/],
  [["convert", SPEECH, "-"], /"-" is no file/],
  [["stream", SPEECH, ...url, "--out", "x.wav", "--frame-ms", "twenty"], /ms, or auto/],
  [["serve", "--trust-proxy", "a proxy"], /Write --trust-proxy loopback/],
  [["serve", "--tls-cert", SPEECH, "--tls-key", SPEECH], /^error: --tls-cert and --tls-key cannot be used/],
];

for (const [args, ...expected] of WRONG) {
  test(`wrong usage is one line that names the option and the fix, exit code 2: ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await voxwireHere(...args);
    assert.is(code, 2, stderr);
    assert.is(stdout, "");
    assert.match(stderr, /^error: [^\n]+\n$/);
    for (const pattern of expected) assert.match(stderr.trim(), pattern);
  });
}

test("--version prints the version, --help of each command its options and an example or a note, exit code 0", async () => {
  const version = await voxwireHere("--version");
  assert.is(version.code, 0);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await voxwireHere("--help");
  assert.is(help.code, 0);
  assert.match(help.stdout, /Examples:/);
  for (const command of ["demo", "serve", "stream", "convert", "doctor"]) {
    assert.match(help.stdout, new RegExp(`^  ${command}\\b`, "m"));
    const own = await voxwireHere(command, "--help");
    assert.is(own.code, 0);
    assert.match(own.stdout, new RegExp(`^Usage: voxwire ${command} `));
    assert.match(own.stdout, /Examples:|Exit code 1/);
    assert.is(own.stderr, "");
  }
});

test("without a command there is help on stderr, exit code 2", async () => {
  const { code, stdout, stderr } = await voxwireHere();
  assert.is(code, 2);
  assert.is(stdout, "");
  assert.match(stderr, /^Usage: voxwire/);
});

test("a failed job is one line too, exit code 1; no stack trace", async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await voxwire(["convert", "missing.wav", "out.wav"], folder);
    assert.is(code, 1);
    assert.is(stdout, "");
    assert.match(stderr, /^error: "missing\.wav" does not exist\. [^\n]+\n$/);
  });
});

test("what cannot be read or written is said before anything is asked for, begun or connected to, exit code 1", async () => {
  for (const args of [
    ["stream", "missing.wav"],
    ["stream", "missing.wav", ...url, "--out", "x.mp3"],
    ["convert", "missing.wav", "x.mp3"],
    ["demo", "--file", "missing.wav"],
  ]) {
    const { code, stdout, stderr } = await voxwireHere(...args);
    assert.equal([code, stdout], [1, ""]);
    assert.match(stderr, /^error: "missing\.wav" does not exist\. /);
  }
  for (const args of [
    ["stream", SPEECH, ...url, "--out", "no-folder/x.wav"],
    ["demo", "--out", "no-folder/x.wav"],
    ["bench", "network", "--plot", "no-folder/x.svg"],
  ]) {
    const { code, stdout, stderr } = await voxwireHere(...args);
    assert.equal([code, stdout], [1, ""]);
    assert.match(stderr, /^error: "no-folder\/x\.\w+" cannot be written: its folder does not exist\. /);
  }
  const folder = await voxwireHere("bench", "network", "--plot", ".");
  assert.match(folder.stderr, /^error: "\." cannot be written: it is a directory\. /);
});

test("VOXWIRE_DEBUG adds the stack trace, and that of the cause; else a hint stays on one line", () => {
  const error = new VoxwireError("ERR_FILE", "It broke.", { hint: "Mend\n it.", cause: new Error("why") });
  assert.is(describeError(error, false), "error: It broke. Mend it.");
  assert.match(
    describeError(error, true),
    /^error: It broke\. Mend it\.\n[\s\S]*at [\s\S]*caused by Error: why/,
  );
  assert.match(describeError(new TypeError("odd"), false), /^error: TypeError: odd VOXWIRE_DEBUG=1 /);
});

test("an output that cannot be written is one line too, exit code 1 (where there is a /dev/full)", () => {
  if (process.platform !== "linux") return;
  const full = openSync("/dev/full", "w");
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [main, "--help"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  assert.is(status, 1);
  assert.match(stderr, /^error: The output could not be written: ENOSPC[^\n]*\n$/);
});

test("the nearest name is found by edits and swaps, and nothing where nothing is near", () => {
  assert.is(nearest("mulaw ", ["mulaw", "alaw"]), "mulaw");
  assert.is(nearest("ecoh", ["echo", "each"]), "echo");
  assert.is(nearest("ECHO", ["echo"]), "echo");
  assert.is(nearest("xyz", ["demo", "serve"]), undefined);
  assert.is(nearest("", ["demo"]), undefined);
});

test.run();
