/**
 * The faults that a server on a public address meets, each as an attack that goes on for as long as it may. The tests run
 * them by counts, `npm run bench -- faults` at full length beside paced streams.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { Attacker, count, type Endings, type Target, textFrame } from "./attacker.ts";

/** How hard, and for how long. */
export interface Attack {
  readonly target: Target;
  /** Sockets at once. */
  readonly sockets: number;
  /** Asked before each connection: whether there is to be another. */
  readonly goesOn: () => boolean;
  /** Connections a second, for storms; Infinity: one after another. */
  readonly perSecond?: number;
}

/** Attacks; resolves with the endings of its connections once all have ended. */
export type Attacking = (attack: Attack) => Promise<Endings>;

const MEDIA = textFrame({ event: "media", media: { payload: Buffer.alloc(160, 0x5a).toString("base64") } });
const SECOND = textFrame({
  event: "media",
  media: { payload: Buffer.alloc(24_000, 0x5a).toString("base64") },
});
/** A header that announces 4 GiB. */
const HUGE_HEADER = Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]);
const UNMASKED = Buffer.from([0x81, 0x02, 0x7b, 0x7d]);
const PING = Buffer.from([0x89, 0x84, 0, 0, 0, 0, 1, 2, 3, 4]);
let ids = 0;

export const ATTACKS = {
  oversized: misbehaving((attacker, n) => {
    if (n % 2 === 0) attacker.write(HUGE_HEADER);
    else attacker.say(`{"event":"x","y":"${"z".repeat(300_000)}"}`);
  }),
  unmasked: misbehaving((attacker) => attacker.write(UNMASKED)),
  "bad Base64": misbehaving(repeated(textFrame('{"event":"media","media":{"payload":"*"}}'), 100)),
  "bad JSON": misbehaving(repeated(textFrame("{"), 100)),
  "deep JSON": misbehaving(repeated(textFrame("[".repeat(60_000)), 100)),
  slowloris: dripping,
  "half-open peers": ignoring,
  "stalled readers": stalling(true),
  "readers that keep up": stalling(false),
  "ids that are taken": racing,
  "floods of audio": misbehaving(async (attacker) => {
    // each second of it costs a second of what a client may send at once
    for (let i = 0; i < 1000 && !attacker.socket.destroyed; i++) await attackerTurn(attacker, SECOND, 1);
  }),
  "floods of messages": misbehaving(async (attacker) => {
    const frame = textFrame({ event: "ping" });
    for (let i = 0; i < 400 && !attacker.socket.destroyed; i++) await attackerTurn(attacker, frame, 100);
  }),
  "floods of WebSocket pings": misbehaving(async (attacker) => {
    for (let i = 0; i < 400 && !attacker.socket.destroyed; i++) await attackerTurn(attacker, PING, 100);
  }),
  "storms of starts": misbehaving(repeated(textFrame({ event: "start", websocket_id: "another" }), 100)),
  "sockets that never start": waiting,
  "storms of reconnects": reconnecting,
} satisfies Record<string, Attacking>;

/** Each connection starts, does wrong, and waits for what comes of it. */
function misbehaving(does: (attacker: Attacker, n: number) => void | Promise<void>): Attacking {
  return async ({ target, sockets, goesOn }) => {
    const endings: Endings = {};
    await atOnce(sockets, async () => {
      for (let n = 0; goesOn(); n++) {
        const attacker = await Attacker.start(target, `attacker-${ids++}`);
        await does(attacker, n);
        count(endings, await attacker.ended);
      }
    });
    return endings;
  };
}

function repeated(frame: Buffer, times: number): (attacker: Attacker) => Promise<void> {
  return (attacker) => attackerTurn(attacker, frame, times);
}

/** Writes frames in a turn of their own, and waits where the socket is full. */
async function attackerTurn(attacker: Attacker, frame: Buffer, times: number): Promise<void> {
  attacker.write(times === 1 ? frame : Buffer.concat(Array<Buffer>(times).fill(frame)));
  await nextTurn();
  while (attacker.socket.writableLength > 1 << 20 && !attacker.socket.destroyed) await pause(1);
}

/** A request's header that comes a byte at a time. */
async function dripping({ target, sockets, goesOn }: Attack): Promise<Endings> {
  const endings: Endings = {};
  await atOnce(sockets, async () => {
    while (goesOn()) {
      const attacker = new Attacker(target);
      let isOver = false;
      void attacker.ended.then(() => {
        isOver = true;
      });
      attacker.write("GET /websocket/offer HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      while (!isOver) {
        attacker.write("a");
        await pause(100);
      }
      count(endings, await attacker.ended);
    }
  });
  return endings;
}

/** Sessions whose client neither answers nor goes. */
async function ignoring({ target, sockets, goesOn }: Attack): Promise<Endings> {
  const endings: Endings = {};
  await atOnce(sockets, async () => {
    while (goesOn()) count(endings, await (await Attacker.start(target, `deaf-${ids++}`)).ended);
  });
  return endings;
}

/** Sessions whose client sends, and reads nothing of its echo; or, to compare with, reads all of it and goes as they do. */
function stalling(isStalled: boolean): Attacking {
  return (attack) => sendingMuch(attack, isStalled);
}

async function sendingMuch({ target, sockets, goesOn }: Attack, isStalled: boolean): Promise<Endings> {
  const endings: Endings = {};
  const wire = { encoding: "mulaw", sample_rate: 8000, frame_ms: 20 };
  const format = { input: wire, output: wire };
  const frame = textFrame({
    event: "media",
    media: { payload: Buffer.alloc(8000, 0x5a).toString("base64") },
  });
  const mostSeconds = isStalled ? 2000 : 500;
  await atOnce(sockets, async () => {
    while (goesOn()) {
      const attacker = await Attacker.start(target, `stalled-${ids++}`, { format });
      if (isStalled) attacker.socket.pause();
      // the kernel takes some megabytes before anything waits in the server
      for (let seconds = 0; !attacker.socket.destroyed && seconds < mostSeconds; seconds++) {
        attacker.write(frame);
        await pause(20);
      }
      if (isStalled) attacker.socket.resume();
      else attacker.say({ event: "stop" });
      count(endings, await attacker.ended);
    }
  });
  return endings;
}

/** Twenty who want one id at once: one gets it. */
async function racing({ target, sockets, goesOn }: Attack): Promise<Endings> {
  const endings: Endings = {};
  await atOnce(Math.ceil(sockets / 20), async () => {
    while (goesOn()) {
      const id = `wanted-${ids++}`;
      const racers = await Promise.all(Array.from({ length: 20 }, () => Attacker.open(target)));
      for (const racer of racers) racer.say({ event: "start", websocket_id: id });
      const isOver = racers.map(() => false);
      const ended = racers.map(async ({ ended: ending }, i) => {
        count(endings, await ending);
        isOver[i] = true;
      });
      while (isOver.filter(Boolean).length < 19) await pause(5);
      racers.find((_, i) => !isOver[i])?.say({ event: "stop" });
      await Promise.all(ended);
    }
  });
  return endings;
}

/** Sockets that are opened, and no more. */
async function waiting({ target, sockets, goesOn }: Attack): Promise<Endings> {
  const endings: Endings = {};
  await atOnce(sockets, async () => {
    while (goesOn()) count(endings, await (await Attacker.open(target)).ended);
  });
  return endings;
}

/** Clients that come, say a word and are gone: half of them with a goodbye. */
async function reconnecting({
  target,
  sockets,
  goesOn,
  perSecond = Number.POSITIVE_INFINITY,
}: Attack): Promise<Endings> {
  const endings: Endings = {};
  const beganMs = performance.now();
  let opened = 0;
  await atOnce(sockets, async () => {
    while (goesOn()) {
      const n = opened++;
      const earlyMs = (n / perSecond) * 1000 - (performance.now() - beganMs);
      if (earlyMs > 0) await pause(earlyMs);
      const attacker = await Attacker.start(target, `passing-${ids++}`);
      attacker.write(MEDIA);
      await attacker.next((_, payload) => payload.includes('"media"'));
      if (n % 2 === 0) attacker.say({ event: "stop" });
      else attacker.vanish();
      count(endings, await attacker.ended);
    }
  });
  return endings;
}

async function atOnce(many: number, run: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: many }, run));
}
