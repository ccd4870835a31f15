/** One attack in a process of its own, on the core of the load: the server's is the server's. Plan in, endings out, as JSON. */
import type { Endings } from "./attacker.ts";
import { ATTACKS } from "./attacks.ts";

export interface AttackPlan {
  readonly name: keyof typeof ATTACKS;
  readonly host: string;
  readonly port: number;
  readonly sockets: number;
  /** How long new connections are made. */
  readonly seconds: number;
  /** New connections a second; 0: one after another. */
  readonly perSecond: number;
}

export interface AttackResult {
  readonly endings: Endings;
  readonly connections: number;
  readonly lastedMs: number;
}

const { name, host, port, sockets, seconds, perSecond } = JSON.parse(process.argv[2] ?? "{}") as AttackPlan;
const beganMs = performance.now();
let connections = 0;
const endings = await ATTACKS[name]({
  target: { host, port },
  sockets,
  ...(perSecond > 0 && { perSecond }),
  goesOn: () => performance.now() - beganMs < seconds * 1000 && ++connections > 0,
});
const result: AttackResult = { endings, connections, lastedMs: performance.now() - beganMs };
console.log(JSON.stringify(result));
process.exit(0);
