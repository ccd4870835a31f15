/** The parent's end of the fresh processes: one request at a time, so that only one process works at once. */
import { type ChildProcess, fork } from "node:child_process";
import { bundleProcess } from "./bundle-process.ts";
import type { PeerReply, PeerRequest } from "./peer-process.ts";

interface Child {
  readonly process: ChildProcess;
  settle: (reply: PeerReply) => void;
}

/** A process of its own for each peer and kind of work, so that none spoils another's compiled code. */
export class FreshPeers {
  readonly #program: string;
  readonly #children = new Map<string, Child>();

  private constructor(program: string) {
    this.#program = program;
  }

  /** Bundles the program that the processes run. */
  static async create(): Promise<FreshPeers> {
    const program = await bundleProcess(new URL("./peer-process.ts", import.meta.url));
    return new FreshPeers(program);
  }

  /** Nanoseconds a call of one peer. */
  async time(request: PeerRequest): Promise<number[]> {
    const child = this.#childFor(`${request.suite}, ${request.name}, ${request.key.replace(/ \d+$/, "")}`);
    const reply = await new Promise<PeerReply>((resolve) => {
      child.settle = resolve;
      child.process.send(request);
    });
    if ("error" in reply) throw new Error(reply.error);
    return reply.samples;
  }

  /** Ends the processes. */
  close(): void {
    for (const { process } of this.#children.values()) if (process.connected) process.disconnect();
  }

  #childFor(key: string): Child {
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const started = fork(this.#program, { execArgv: [] });
    const child: Child = { process: started, settle: () => {} };
    started.on("message", (reply: PeerReply) => child.settle(reply));
    started.on("exit", (code, signal) => {
      child.settle({ error: `The process of "${key}" ended (${signal ?? code}).` });
    });
    this.#children.set(key, child);
    return child;
  }
}
