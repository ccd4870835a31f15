import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler } from "../../src/server.ts";
import { setUpCall } from "./call.ts";
import { openBrowser } from "./open-browser.ts";

const devices = suite("devices of a page");
const browser = await openBrowser();
devices.after(() => browser.close());

type Call = Awaited<ReturnType<typeof setUpCall>>;

async function withPage<T>(run: (call: Call) => Promise<T>, isolated = true): Promise<T> {
  const call = await setUpCall(browser, EchoHandler, { isolated });
  try {
    return await run(call);
  } finally {
    await call.close();
  }
}

devices("a microphone that comes after the last one went is taken, and heard in the same call", async () => {
  await withPage(async ({ page, voice, complaints }) => {
    const told = await page.evaluate(async (url) => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { callFrom, sounds } = await import(helpers);
      const { source, sink, client } = await callFrom(await import(library), url);
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      const events: string[] = [];
      const none = new Promise<void>((resolve) => {
        source.on("lost", ({ code }: { code: string }) => {
          events.push(code);
          if (code === "ERR_MICROPHONE_MISSING") resolve();
        });
      });
      mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
      const [track] = source.stream.getAudioTracks();
      track.stop();
      track.dispatchEvent(new Event("ended"));
      await none;
      const isSilent = source.stream === undefined;
      const changed = new Promise<void>(
        (resolve) => source.once?.("changed", resolve) ?? source.on("changed", resolve),
      );
      mediaDevices.getUserMedia = open;
      mediaDevices.dispatchEvent(new Event("devicechange"));
      await changed;
      await sounds(sink.node);
      const { isClosed } = client;
      await client.close();
      source.close();
      sink.close();
      return { events, isSilent, isClosed };
    }, voice.url);
    assert.equal(told, {
      events: ["ERR_MICROPHONE_LOST", "ERR_MICROPHONE_MISSING"],
      isSilent: true,
      isClosed: false,
    });
    assert.equal(complaints, []);
  });
});

devices(
  "of several askings for a device the latest holds, and what the others open is given back",
  async () => {
    await withPage(async ({ page }) => {
      const told = await page.evaluate(async () => {
        const library = "/dist/browser.js";
        const { microphone } = await import(library);
        const source = await microphone();
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        const streams: MediaStream[] = [];
        const answers: (() => void)[] = [];
        mediaDevices.getUserMedia = async (constraints) => {
          const stream = await open(constraints);
          streams.push(stream);
          await new Promise<void>((resolve) => answers.push(resolve));
          return stream;
        };
        const inputs = (await mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audioinput");
        const { deviceId, label } = inputs.at(-1)!;
        const first = source.use(undefined);
        while (answers.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
        const second = source.use(deviceId);
        while (answers.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        answers[1]!();
        await second;
        answers[0]!();
        await first;
        const isRight = source.label === label;
        const third = source.use(undefined);
        while (answers.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
        source.close();
        answers[2]!();
        await third;
        return { isRight, left: streams.map((stream) => stream.getTracks()[0]!.readyState) };
      });
      assert.equal(told, { isRight: true, left: ["ended", "ended", "ended"] });
    });
  },
);

devices("what a page chooses goes before what is taken by itself, which comes where that fails", async () => {
  await withPage(async ({ page }) => {
    const asked = await page.evaluate(async () => {
      const library = "/dist/browser.js";
      const { microphone } = await import(library);
      const source = await microphone();
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      const devices: string[] = [];
      let refuse: () => void = () => {};
      mediaDevices.getUserMedia = (constraints) => {
        const { deviceId } = constraints!.audio as { deviceId?: { exact: string } };
        devices.push(deviceId?.exact ?? "any");
        if (deviceId === undefined) return open(constraints);
        return new Promise((_, reject) => {
          refuse = () => reject(new DOMException("none", "NotFoundError"));
        });
      };
      const choice = source.use("headset").catch(({ code }: { code: string }) => devices.push(code));
      const [track] = source.stream.getAudioTracks();
      track.stop();
      track.dispatchEvent(new Event("ended"));
      mediaDevices.dispatchEvent(new Event("devicechange"));
      const changed = new Promise((resolve) => source.on("changed", resolve));
      refuse();
      await choice;
      await changed;
      source.close();
      return devices.sort();
    });
    assert.equal(asked, ["ERR_MICROPHONE_MISSING", "any", "headset"]);
  });
});

devices("a microphone that the system mutes, and gives back, is told", async () => {
  await withPage(async ({ page }) => {
    const told = await page.evaluate(async () => {
      const library = "/dist/browser.js";
      const { microphone } = await import(library);
      const source = await microphone();
      const heard: boolean[] = [];
      source.on("muted", (isMuted: boolean) => heard.push(isMuted));
      const [track] = source.stream.getAudioTracks();
      for (const name of ["mute", "unmute"]) track.dispatchEvent(new Event(name));
      source.close();
      track.dispatchEvent(new Event("mute"));
      return heard;
    });
    assert.equal(told, [true, false]);
  });
});

devices(
  "a speaker whose device goes is told as lost, and the system's choice plays in its place",
  async () => {
    await withPage(async ({ page, voice }) => {
      const told = await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds } = await import(helpers);
        // the browser of the tests has no device for sound: the page is told of some
        let ids = ["default", "headset", "screen"];
        const { mediaDevices } = navigator;
        const given = mediaDevices.enumerateDevices.bind(mediaDevices);
        mediaDevices.enumerateDevices = async () => [
          ...(await given()).filter(({ kind }) => kind !== "audiooutput"),
          ...ids.map((deviceId) => ({ kind: "audiooutput", deviceId }) as MediaDeviceInfo),
        ];
        const used: string[] = [];
        Object.assign(AudioContext.prototype, {
          setSinkId: async (id: string) => {
            if (id !== "" && !ids.includes(id)) throw new DOMException("none such", "NotFoundError");
            used.push(id);
          },
        });
        const { source, sink, client } = await callFrom(await import(library), url);
        const events: string[] = [];
        sink.on("lost", ({ code, hint }: { code: string; hint: string }) =>
          events.push(`${code} ${hint.length > 20}`),
        );
        const change = async (next: string[]) => {
          const told = new Promise((resolve) => sink.on("devices", resolve));
          ids = next;
          mediaDevices.dispatchEvent(new Event("devicechange"));
          await told;
          // what follows the list is under way: as long as a list takes
          for (let i = 0; i < 5; i++) await mediaDevices.enumerateDevices();
        };
        // of the system's choice nothing is lost
        await change(["default", "headset"]);
        await sink.use("headset");
        await change(["default", "headset", "screen"]);
        await change(["default", "screen"]);
        await change(["default"]);
        await sounds(sink.node);
        const { isClosed } = client;
        await client.close();
        source.close();
        sink.close();
        return { used, events, isClosed };
      }, voice.url);
      assert.equal(told, { used: ["headset", ""], events: ["ERR_SPEAKER_LOST true"], isClosed: false });
    });
  },
);

for (const isolated of [true, false]) {
  const how = isolated ? "over shared memory" : "by messages";
  devices(`isMuted sends silence and pause sends nothing, ${how}; both are taken back`, async () => {
    await withPage(async ({ page, voice, complaints }) => {
      const told = await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds, quiet, play } = await import(helpers);
        const { source, sink, client } = await callFrom(await import(library), url);
        const moved = async () => {
          // what was counted, or under way, before
          for (let i = 0; i < 2; i++) await new Promise((resolve) => client.once("stats", resolve));
          const before = client.stats.framesSent;
          await play(source.context, 0.3);
          await new Promise((resolve) => client.once("stats", resolve));
          return client.stats.framesSent - before;
        };
        source.isMuted = true;
        await quiet(sink.node);
        const whileMuted = await moved();
        source.isMuted = false;
        await sounds(sink.node);
        client.pause();
        await quiet(sink.node);
        const whilePaused = await moved();
        const { isPaused } = client;
        client.resume();
        await sounds(sink.node);
        await client.close();
        source.close();
        sink.close();
        return { isSent: whileMuted > 5, whilePaused, isPaused, isResumed: !client.isPaused };
      }, voice.url);
      assert.equal(told, { isSent: true, whilePaused: 0, isPaused: true, isResumed: true });
      assert.equal(complaints, []);
    }, isolated);
  });
}

devices(
  "another microphone, chosen in the middle of a call, is heard; one that is not there changes nothing",
  async () => {
    await withPage(async ({ page, voice, complaints }) => {
      const told = await page.evaluate(async (url) => {
        const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
        const { callFrom, sounds } = await import(helpers);
        const { source, sink, client } = await callFrom(await import(library), url);
        const inputs = (await navigator.mediaDevices.enumerateDevices()).filter(
          ({ kind, label }) => kind === "audioinput" && label !== source.label,
        );
        const [old] = source.stream.getAudioTracks();
        const labels: string[] = [];
        source.on("changed", ({ label }: { label: string }) => labels.push(label));
        const { deviceId, label } = inputs[0]!;
        await source.use(deviceId);
        await sounds(sink.node);
        const error = await source.use("none such").catch((cause: unknown) => cause);
        const isKept = source.label === label;
        await sounds(sink.node);
        const { isClosed } = client;
        await client.close();
        source.close();
        sink.close();
        return { isTold: labels.join() === label, old: old.readyState, code: error.code, isKept, isClosed };
      }, voice.url);
      assert.equal(told, {
        isTold: true,
        old: "ended",
        code: "ERR_MICROPHONE_MISSING",
        isKept: true,
        isClosed: false,
      });
      assert.equal(complaints, []);
    });
  },
);

devices("the speaker's volume scales what is played, without a step", async () => {
  await withPage(async ({ page }) => {
    const told = await page.evaluate(async () => {
      const [library, helpers] = ["/dist/browser.js", "/page-helpers.js"];
      const { speaker } = await import(library);
      const { record, play } = await import(helpers);
      const sink = await speaker({ volume: 0.5 });
      const { context } = sink;
      const constant = new ConstantSourceNode(context, { offset: 1 });
      constant.connect(sink.node);
      constant.start();
      await play(context, 0.1);
      const recording = await record(sink.node);
      await play(context, 0.1);
      const asked = sink.volume;
      sink.volume = 0.25;
      const setTo = sink.volume;
      await play(context, 0.3);
      const samples: Float32Array = await recording.stop();
      sink.close();
      // where the browser passes the recorder over, silence stands for what it missed
      const heard = samples.filter((sample) => sample !== 0);
      let step = 0;
      for (let i = 1; i < samples.length; i++) {
        const isWhole = samples[i] !== 0 && samples[i - 1] !== 0;
        if (isWhole) step = Math.max(step, Math.abs(samples[i]! - samples[i - 1]!));
      }
      return { first: heard[0], last: heard.at(-1)!, asked, setTo, step };
    });
    assert.is(told.first, 0.5);
    assert.ok(Math.abs(told.last - 0.25) < 1e-3, `${told.last}`);
    assert.equal([told.asked, told.setTo], [0.5, 0.25]);
    assert.ok(told.step < 0.01, `a step of ${told.step}`);
  });
});

devices.run();
