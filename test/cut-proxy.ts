/** A network that can be cut: TCP to a server, through here. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What a test does to the network. */
export interface CutProxy {
  /** In place of the server's. */
  readonly url: string;
  /** Connections so far, those refused included. */
  readonly connections: number;
  /** Breaks every connection there is, without a goodbye. */
  cut(): void;
  /** From now on connections are broken as soon as they are made; or no longer. */
  block(isBlocked: boolean): void;
  /** From now on nothing passes in either direction, and nobody is told; new connections are as they were. */
  swallow(): void;
  close(): Promise<void>;
}

/** @param url `ws://host:port` */
export async function cutProxy(url: string): Promise<CutProxy> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  const silenced = new Set<Socket>();
  let connections = 0;
  let isBlocked = false;
  const server = createServer((near) => {
    connections++;
    near.on("error", () => {});
    if (isBlocked) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    far.on("error", () => near.destroy());
    near.on("close", () => {
      pairs.delete(pair);
      if (!silenced.has(far)) far.destroy();
    });
    far.on("close", () => {
      silenced.delete(far);
      near.destroy();
    });
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    cut,
    block(isOn) {
      isBlocked = isOn;
    },
    swallow() {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        silenced.add(far);
        near.resume();
        far.resume();
      }
    },
    close() {
      cut();
      for (const far of silenced) far.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
