import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { connect } from "../../src/client.ts";
import { createToken } from "../../src/server.ts";
import { twilioSignature } from "../../src/transport/twilio-signature.ts";
import { withTree } from "../scripts/run-script.ts";
import { type Running, startVoxwire, voxwire } from "./run-cli.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Where it listens. */
async function urlOf(server: Running): Promise<string> {
  return (await server.waitFor(/ws:\/\/[\d.]+:\d+(\/\w+)?/))[0];
}

test("serve: prints its URL and a line to try it with; Ctrl-C tells the client, drains and exits with 0", async () => {
  const server = startVoxwire(["serve", "--port", "0", "--path", "/voice"]);
  await server.waitFor(/Stop it:/);
  const url = await urlOf(server);
  assert.match(url, /\/voice$/);
  const client = await connect(url, { id: "caller-1" });
  const echoed = new Promise<number>((resolve) =>
    client.once("audio", ({ samples }) => resolve(samples.length)),
  );
  client.send(new Int16Array(480));
  assert.is(await echoed, 480);
  server.child.kill("SIGINT");
  const info = await client.closed;
  assert.is(info.code, 1001);
  const { code, stdout, stderr } = await server.done;
  assert.is(code, 0, stderr);
  assert.match(stdout, new RegExp(`npx voxwire stream \\S+speech\\.wav --url ${url} --out echo\\.wav`));
  assert.match(stderr, /^\d\d:\d\d:\d\d opened caller-1 from 127\.0\.0\.1: mulaw, 24000 Hz$/m);
  assert.match(stderr, /^Closing: 1 session to end/m);
  assert.match(stderr, /^\d\d:\d\d:\d\d ended {2}caller-1 \(server-closing\): 0\.0 s in, 0\.0 s out$/m);
});

test("serve: goes on where nobody reads its log any more", async () => {
  const server = startVoxwire(["serve", "--port", "0"]);
  await server.waitFor(/Stop it:/);
  const url = await urlOf(server);
  server.child.stderr?.destroy();
  for (const id of ["first", "second"]) {
    const client = await connect(url, { id });
    const echoed = new Promise<number>((resolve) =>
      client.once("audio", ({ samples }) => resolve(samples.length)),
    );
    client.send(new Int16Array(480));
    assert.is(await echoed, 480);
    await client.close();
  }
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("serve: SIGTERM without clients exits with 0 at once; --json prints where on one line, --quiet nothing more", async () => {
  const server = startVoxwire(["serve", "--port", "0", "--json", "--quiet"]);
  const [line] = await server.waitFor(/^\{.*\}$/m);
  const { url, port } = JSON.parse(line);
  assert.is(url, `ws://127.0.0.1:${port}`);
  const client = await connect(url);
  await client.close();
  server.child.kill("SIGTERM");
  assert.equal(await server.done, { code: 0, stdout: `${line}\n`, stderr: "" });
});

test("serve: --rate is both rates, --input-rate and --output-rate the one each; --frame-ms the frames'", async () => {
  const server = startVoxwire([
    ...["serve", "--port", "0", "--rate", "16000", "--output-rate", "8000", "--frame-ms", "40", "--quiet"],
  ]);
  const client = await connect(await urlOf(server));
  assert.equal(client.session.input, { encoding: "mulaw", sampleRate: 16000, frameMs: 40 });
  assert.equal(client.session.output, { encoding: "mulaw", sampleRate: 8000, frameMs: 40 });
  await client.close();
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("serve --jitter: the handler hears by a clock, which goes on where the client does not", async () => {
  const server = startVoxwire(["serve", "--port", "0", "--rate", "8000", "--jitter"]);
  await server.waitFor(/Stop it:/);
  const client = await connect(await urlOf(server));
  let frames = 0;
  const goesOn = new Promise<void>((resolve) =>
    client.on("audio", () => {
      if (++frames === 5) resolve();
    }),
  );
  client.send(new Int16Array(160));
  await goesOn;
  await client.close();
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("serve: --allow-host lets pages in by that name, and --allow-origin by theirs; others are told why", async () => {
  const args = [
    "serve",
    "--port",
    "0",
    "--allow-host",
    "voice.example",
    "--allow-origin",
    "https://app.example",
  ];
  const server = startVoxwire(args);
  await server.waitFor(/Stop it:/);
  const url = `${await urlOf(server)}/websocket/offer`;
  const { port } = new URL(url);
  const pageOf = (name: string) => ({ host: `${name}:${port}`, origin: `http://${name}:${port}` });
  const answerTo = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url, { headers });
      socket.on("open", () => {
        resolve("in");
        socket.terminate();
      });
      socket.on("unexpected-response", async (_, response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve(`${response.statusCode} ${text}`);
      });
      socket.on("error", () => {});
    });
  assert.is(await answerTo(pageOf("voice.example")), "in");
  assert.is(await answerTo({ origin: "https://app.example" }), "in");
  assert.match(await answerTo(pageOf("other.example")), /^403 .*--allow-host/);
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
  const { code, stderr } = await voxwire(["serve", "--port", "0", "--allow-host", "http://voice.example"]);
  assert.is(code, 2);
  assert.match(stderr, /^error: --allow-host has "http:\/\/voice\.example"/);
});

test("serve: Twilio's signature by a token from the environment, recordings, metrics, time limit and idle time", async () => {
  await withTree({}, async (folder) => {
    const flags = [
      ...["--twilio-token-env", "MY_TOKEN", "--public-url", "https://voice.example.org", "--record", "calls"],
      ...["--metrics", "0", "--max-session-minutes", "0.01", "--idle-s", "60", "--rate", "8000"],
    ];
    const token = "0123456789abcdef0123456789abcdef";
    const server = startVoxwire(["serve", "--port", "0", "--json", ...flags], folder, { MY_TOKEN: token });
    const [line] = await server.waitFor(/^\{.*\}$/m);
    const { url, metricsUrl } = JSON.parse(line);
    assert.match(await (await fetch(metricsUrl)).text(), "voxwire_sessions 0");
    const incoming = `${url.replace("ws", "http")}/telephone/incoming`;
    assert.is((await fetch(incoming, { method: "POST", body: "" })).status, 403);
    const body = new URLSearchParams({ CallSid: "CA1" });
    const signature = twilioSignature(token, "https://voice.example.org/telephone/incoming", body);
    const headers = { "x-twilio-signature": signature };
    const twiml = await fetch(incoming, { method: "POST", body, headers });
    assert.match(await twiml.text(), 'url="wss://voice.example.org/telephone/handler"');
    const client = await connect(url, { reconnect: false });
    client.send(new Int16Array(160));
    assert.is((await client.closed).code, 4430);
    server.child.kill("SIGTERM");
    assert.is((await server.done).code, 0);
    assert.is(readdirSync(join(folder, "calls")).filter((name) => name.endsWith(".wav")).length, 1);
  });
  const { code, stderr } = await voxwire(["serve", "--port", "0", "--twilio-token-env", "NOT_SET_ANYWHERE"]);
  assert.is(code, 2);
  assert.match(stderr, /^error: --twilio-token-env: the environment variable NOT_SET_ANYWHERE is not set/);
});

test("serve: --max-sessions turns the next one away", async () => {
  const server = startVoxwire(["serve", "--port", "0", "--max-sessions", "1", "--quiet"]);
  const url = await urlOf(server);
  const client = await connect(url);
  const refusal = await connect(url).then(
    () => undefined,
    (error) => error,
  );
  assert.is(refusal?.code, "ERR_LIMIT_SESSIONS");
  await client.close();
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("serve: TLS and tokens by files; without a token nobody gets in", async () => {
  const tls = fileURLToPath(new URL("../golden/tls/", import.meta.url));
  const secret = "a secret of more than sixteen bytes";
  await withTree({ "secret.txt": `${secret}\n` }, async (root) => {
    const server = startVoxwire(
      [
        ...["serve", "--port", "0", "--json", "--tls-cert", `${tls}cert.pem`, "--tls-key", `${tls}key.pem`],
        ...["--token-secret", "secret.txt", "--trust-proxy", "loopback,10.0.0.0/8"],
      ],
      root,
    );
    const { url } = JSON.parse((await server.waitFor(/\{.*\}/))[0]);
    assert.match(url, /^wss:/);
    const open = (query: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${url}/websocket/offer${query}`, { rejectUnauthorized: false });
        socket.on("open", () => resolve("open")).on("error", ({ message }) => resolve(message));
        socket.on("open", () => socket.close());
      });
    assert.match(String(await open("")), /401/);
    assert.is(await open(`?token=${createToken({ secret })}`), "open");
    server.child.kill("SIGTERM");
    assert.is((await server.done).code, 0);
  });
});

test("serve: a port that is in use is exit code 1 and names another", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const { code, stdout, stderr } = await voxwire(["serve", "--port", String(port)]);
  holder.close();
  assert.is(code, 1);
  assert.is(stdout, "");
  assert.match(
    stderr,
    new RegExp(`^error: Port ${port} on 127\\.0\\.0\\.1 is in use.* Write --port ${port + 1}, or --port 0`),
  );
});

test("serve: one Ctrl-C that arrives twice, from the terminal and through npm, is one: drains, exit 0", async () => {
  const server = startVoxwire(["serve", "--port", "0"]);
  await urlOf(server);
  server.child.kill("SIGINT");
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("serve: the copy of a Ctrl-C that npm passes on late finds the process done, but not gone: exit 0", async () => {
  const server = startVoxwire(["serve", "--port", "0"]);
  await urlOf(server);
  server.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 150));
  server.child.kill("SIGINT");
  assert.is((await server.done).code, 0);
});

test("npm start: Ctrl-C on the whole group of processes ends it with exit 0", async () => {
  const npm = spawn("npm", ["start", "--", "--port", "0"], { cwd: repository, detached: true });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    npm.stdout.on("data", (chunk) => {
      output += chunk;
      if (/Stop it/.test(output)) resolve();
    });
    npm.on("exit", () => reject(new Error(output)));
  });
  const code = new Promise((resolve) => npm.on("exit", resolve));
  process.kill(-npm.pid!, "SIGINT");
  assert.is(await code, 0);
});

test("serve: a second Ctrl-C does not wait for a handler that will not end: 130", async () => {
  const handler = `
    export class Stuck {
      copy() { return new Stuck(); }
      receive() {}
      emit() { return null; }
      shutdown() { return new Promise(() => setInterval(() => {}, 1000)); }
    }
    export default Stuck;
  `;
  await withTree({ "handler.mjs": handler }, async (root) => {
    const server = startVoxwire(["serve", "--port", "0", "--handler", "handler.mjs"], root);
    const client = await connect(await urlOf(server));
    server.child.kill("SIGINT");
    await server.waitFor(/Closing: 1 session/);
    // a person's second Ctrl-C comes later than the copy of the first that npm passes on
    await new Promise((resolve) => setTimeout(resolve, 400));
    server.child.kill("SIGINT");
    const { code, stderr } = await server.done;
    assert.is(code, 130, stderr);
    await client.closed;
  });
});

test("serve --workers: TypeScript in threads of its own, and a file that does not load says so", async () => {
  const handler = `
    enum Sign { Turned = -1 }
    export async function* handler(session: AsyncIterable<{ samples: Int16Array }>) {
      for await (const frame of session) yield frame.samples.map((x) => x * Sign.Turned);
    }`;
  await withTree({ "handler.ts": handler, "broken.mjs": "throw new Error('not today');" }, async (root) => {
    const server = startVoxwire(["serve", "--port", "0", "--workers", "2", "--handler", "handler.ts"], root);
    const client = await connect(await urlOf(server));
    const echoed = new Promise<number>((resolve) =>
      client.once("audio", ({ samples }) => resolve(samples[0] ?? 0)),
    );
    client.send(new Int16Array(480).fill(321));
    assert.ok((await echoed) < 0, "its sign is turned");
    server.child.kill("SIGINT");
    await client.closed;
    const { code, stderr } = await server.done;
    assert.is(code, 0, stderr);
    const broken = await voxwire(["serve", "--port", "0", "--workers", "2", "--handler", "broken.mjs"], root);
    assert.is.not(broken.code, 0);
    assert.match(broken.stderr, /The handler "broken\.mjs" did not load: .*not today/);
  });
});

test.run();
