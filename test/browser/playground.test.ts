import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeWav } from "../../src/codec/wav/whole.ts";
import { loadDspSync } from "../../src/index.ts";
import {
  createToken,
  EchoHandler,
  type GeneratorSession,
  serve,
  silentLogger,
  tokenAuth,
} from "../../src/server.ts";
import { openBrowser } from "./open-browser.ts";
import { closeAll, hears, openPlaygroundPage, says } from "./playground-page.ts";

const SPEECH = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

const playground = suite("the playground");
const browser = await openBrowser({ microphoneFile: SPEECH });
playground.after.each(closeAll);
playground.after(() => browser.close());

playground("talks and hears the echo, isolated, without a complaint or a request elsewhere", async () => {
  const { page, server, complaints, close } = await openPlaygroundPage(browser);
  assert.is(await page.evaluate("crossOriginIsolated"), true);
  await page.click("#talk");
  await says(page, "#status-text", /^Live$/);
  await hears(page);
  assert.is(server.sessions.size, 1);
  await page.click("#talk");
  await says(page, "#status-text", /^Ready$/);
  await page.locator("#mute:disabled").waitFor();
  assert.equal(complaints, []);
  await close();
});

playground("streams a file, without a microphone", async () => {
  const { page, complaints, close } = await openPlaygroundPage(browser);
  await page.setInputFiles("#file", SPEECH);
  await says(page, "#said-source", /^speech\.wav$/);
  await hears(page);
  await page.click("#mute");
  await says(page, "#mute", /^Mute$/);
  assert.equal(complaints, []);
  await close();
});

playground("says kindly that a file is none", async () => {
  const { page, close } = await openPlaygroundPage(browser);
  await page.setInputFiles("#file", {
    name: "x.wav",
    mimeType: "audio/wav",
    buffer: Buffer.from("no sound"),
  });
  const notice = page.locator(".notice");
  await notice.waitFor();
  assert.match((await notice.textContent()) ?? "", "ERR_FORMAT");
  await says(page, "#status-text", /^Ready$/);
  await close();
});

playground("streams a file that is dropped on the page", async () => {
  const { page, complaints, close } = await openPlaygroundPage(browser);
  const speech = readFileSync(SPEECH).toString("base64");
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "dropped.wav"));
    for (const name of ["dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
  }, speech);
  await says(page, "#said-source", /^dropped\.wav$/);
  await hears(page);
  assert.equal(complaints, []);
  await close();
});

playground("measures the loop and its parts, and draws what it measures", async () => {
  const { page, close } = await openPlaygroundPage(browser);
  await page.click("#talk");
  await says(page, "#loop-total", /^\d+$/);
  await says(page, "#trip-p50", /^\d+\.\d ms$/);
  const parts = await page.locator("#loop-legend b").allTextContents();
  assert.is(parts.length, 4);
  const totalMs = Number(await page.locator("#loop-total").textContent());
  assert.ok(totalMs > 5 && totalMs < 5000, `${totalMs} ms`);
  for (const chart of ["trip-chart", "travel-chart", "queue-chart", "cost"]) {
    const inked = await page.evaluate((id) => {
      const canvas = document.getElementById(id) as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, i) => i % 4 === 3 && value > 0).length;
    }, chart);
    assert.ok(inked > 100, `${chart}: ${inked} pixels`);
  }
  await close();
});

playground("a change of the session takes effect while it talks, and the program says the same", async () => {
  const { page, server, complaints, close } = await openPlaygroundPage(browser);
  await page.click("#talk");
  await says(page, "#heard-source", /24 kHz, 20 ms/);
  for (const [name, value] of [
    ["sampleRate", "16000"],
    ["encoding", "pcm16"],
    ["protocol", "fastrtc"],
  ] as const) {
    await page.check(`[name="${name}"][value="${value}"]`);
    await says(page, "#status-text", /^Live$/);
  }
  await says(page, "#heard-source", /16 kHz, 20 ms/);
  await hears(page);
  assert.is(server.sessions.size, 1);
  const code = (await page.locator("#code-text").textContent()) ?? "";
  for (const said of [
    'protocol: "fastrtc"',
    'encoding: "pcm16", sampleRate: 16000, frameMs: 20',
    server.url,
  ]) {
    assert.ok(code.includes(said), `${said} is in\n${code}`);
  }
  assert.equal(complaints, []);
  await close();
});

playground("an address opens the page as it was", async () => {
  const hash = "#protocol=fastrtc&encoding=alaw&rate=8000&frame=60&network=wifi";
  const { page, close } = await openPlaygroundPage(browser, {}, { hash });
  for (const [name, value] of [
    ["protocol", "fastrtc"],
    ["encoding", "alaw"],
    ["sampleRate", "8000"],
    ["network", "wifi"],
  ] as const)
    assert.ok(await page.isChecked(`[name="${name}"][value="${value}"]`), name);
  await says(page, "#frame-text", /^60 ms$/);
  await close();
});

playground("a bad network at a click: frames are lost, and the delay is on the page", async () => {
  const { page, complaints, close } = await openPlaygroundPage(browser);
  await page.click("#talk");
  await says(page, "#status-text", /^Live$/);
  await page.check('[name="network"][value="loss5"]');
  await hears(page);
  await says(page, "#counters div", /^Lost on the way[1-9]/);
  // positions tell nothing any more: marks do, and the loop does not grow with each frame that is lost
  await says(page, "#loop-note", /^Frames were lost: the sum of its parts/);
  await says(page, "#loop-total", /^\d+$/);
  await says(page, "#trip-p50", /^(4\d|[5-9]\d|\d{3,})\.\d ms$/);
  await page.check('[name="network"][value="lte"]');
  // 45 ms each way
  await says(page, "#loop-legend li", /^Network(9\d|\d{3,})\.\d ms$/);
  assert.equal(complaints, []);
  await close();
});

playground("records what is heard, and saves it as WAV", async () => {
  const { page, close } = await openPlaygroundPage(browser);
  await page.click("#sample");
  await hears(page);
  await page.click("#record");
  await says(page, "#record-text", /0:0[1-9]/);
  const saving = page.waitForEvent("download");
  await page.click("#record");
  const saved = await saving;
  assert.match(saved.suggestedFilename(), /^heard-[\d-]+\.wav$/);
  const wav = decodeWav(loadDspSync(), readFileSync(await saved.path()));
  assert.is(wav.channels, 1);
  assert.ok(wav.samples.length >= wav.sampleRate, `${wav.samples.length / wav.sampleRate} s`);
  assert.ok(
    wav.samples.some((sample) => Math.abs(sample) > 0.05),
    "speech is in it",
  );
  await says(page, "#record-text", /^Record$/);
  await close();
});

playground("a server that goes away is said to be gone, and is found again when it is back", async () => {
  const { page, server, close } = await openPlaygroundPage(browser);
  await page.click("#talk");
  await hears(page);
  await server.close({ drainMs: 0 });
  await says(page, "#status-text", /gone; again in \d s/);
  const again = await serve({
    port: server.port,
    handler: EchoHandler,
    playground: true,
    logger: silentLogger,
  });
  await page.click("#status button");
  await says(page, "#status-text", /^Live$/);
  await hears(page);
  await close();
  await again.close({ drainMs: 0 });
});

playground("a microphone that may not be used is a notice with a hint, and no call", async () => {
  const denying = await openBrowser({ allowsMicrophone: false });
  const { page, server, close } = await openPlaygroundPage(denying);
  await page.click("#talk");
  const notice = page.locator('.notice[data-code="ERR_MICROPHONE_DENIED"]');
  await notice.waitFor();
  assert.match((await notice.locator(".todo").textContent()) ?? "", "address bar");
  assert.is(server.sessions.size, 0);
  await notice.locator("button").click();
  assert.is(await notice.count(), 0);
  await page.click("#sample");
  await hears(page);
  await close();
  await denying.close();
});

playground(
  "a microphone that is unplugged while it talks is told, and the call goes on with the next",
  async () => {
    const { page, server, complaints, close } = await openPlaygroundPage(browser);
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        Object.assign(globalThis, {
          unplug: () => {
            const [track] = stream.getAudioTracks();
            track?.stop();
            track?.dispatchEvent(new Event("ended"));
          },
        });
        return stream;
      };
    });
    await page.click("#talk");
    await hears(page);
    const [id] = server.sessions.keys();
    await page.evaluate("unplug()");
    const notice = page.locator('.notice[data-code="ERR_MICROPHONE_LOST"]');
    await notice.waitFor();
    assert.ok(((await notice.locator(".todo").textContent()) ?? "").length > 20, "it says what to do");
    await page.evaluate(() => {
      document.getElementById("heard-level")!.textContent = "";
    });
    await hears(page);
    assert.equal([...server.sessions.keys()], [id]);
    await says(page, "#status-text", /^Live$/);
    assert.equal(complaints, []);
    await close();
  },
);

playground("a tab that is hidden talks on, and shows again what is heard when it is back", async () => {
  const { page, server, complaints, close } = await openPlaygroundPage(browser);
  // a browser without a window hides no tab: this is what a page sees of it
  await page.evaluate(() => {
    const paint = globalThis.requestAnimationFrame.bind(globalThis);
    const held: FrameRequestCallback[] = [];
    let isHidden = false;
    globalThis.requestAnimationFrame = (draw) => (isHidden ? held.push(draw) : paint(draw));
    Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    Object.assign(globalThis, {
      hide: (isOn: boolean) => {
        isHidden = isOn;
        document.dispatchEvent(new Event("visibilitychange"));
        if (!isOn) for (const draw of held.splice(0)) paint(draw);
      },
    });
  });
  await page.click("#talk");
  await hears(page);
  await page.evaluate("hide(true)");
  const [session] = server.sessions.values();
  const heardMs = () => session!.stats.receivedMs;
  const before = heardMs();
  while (heardMs() < before + 1000) await new Promise((resolve) => setTimeout(resolve, 20));
  await page.evaluate("hide(false)");
  await page.evaluate(() => {
    document.getElementById("heard-level")!.textContent = "";
  });
  await hears(page);
  await says(page, "#status-text", /^Live$/);
  assert.is(server.sessions.size, 1);
  assert.equal(complaints, []);
  await close();
});

playground("a server that wants a token gets the one that is typed", async () => {
  const secret = "a secret that is long enough to sign with";
  const { page, server, close } = await openPlaygroundPage(browser, { auth: tokenAuth(secret) });
  await page.click("#sample");
  await page.locator(".notice").waitFor();
  await page.fill('[name="token"]', createToken({ secret, id: "somebody" }));
  await page.click("#sample");
  await hears(page);
  assert.ok(server.sessions.has("somebody"));
  assert.not.match(page.url(), /token/);
  await close();
});

playground("shows what the handler says, and tells its name", async () => {
  const handler = async function* talkative(session: GeneratorSession) {
    session.log(`hello ${session.id.length > 0 ? "caller" : ""}`);
    for await (const frame of session) yield frame;
  };
  const { page, close } = await openPlaygroundPage(browser, { handler });
  assert.is(await page.locator("#log").isVisible(), false);
  assert.match((await page.locator('[name="handler"]').textContent()) ?? "", /talkative/);
  await page.click("#sample");
  await says(page, "#log-lines li", /^\d\d:\d\d:\d\dhello caller$/);
  await close();
});

playground("another treatment of the microphone is in force at once, in the same call", async () => {
  const { page, server, complaints, close } = await openPlaygroundPage(browser);
  await page.click("#talk");
  await hears(page);
  const [id] = server.sessions.keys();
  await page.locator("#device:enabled").waitFor();
  assert.ok((await page.locator("#device option").count()) >= 2, "the devices have names now");
  await page.uncheck('[name="echoCancellation"]');
  await page.selectOption("#device", { index: 1 });
  await hears(page);
  assert.equal([...server.sessions.keys()], [id]);
  assert.equal(complaints, []);
  await close();
});

playground("several handlers are there to choose from, each at its own path", async () => {
  const silent = async function* silent(session: GeneratorSession) {
    for await (const frame of session) yield { ...frame, samples: frame.samples.map(() => 0) };
  };
  const handlers = { "/echo": EchoHandler, "/silent": silent };
  const { page, server, close } = await openPlaygroundPage(browser, {
    handler: undefined,
    handlers,
  } as never);
  await page.selectOption('[name="handler"]', "/silent");
  assert.match(page.url(), /handler=%2Fsilent/);
  await page.click("#sample");
  await says(page, "#status-text", /^Live$/);
  assert.match((await page.locator("#code-text").textContent()) ?? "", `${server.url}/silent`);
  await page.selectOption('[name="handler"]', "/echo");
  await hears(page);
  await close();
});

playground.run();
