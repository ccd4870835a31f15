/** Connecting, on any platform. */
import type { SampleArray } from "../core/types.ts";
import { loadDsp } from "../dsp/dsp.ts";
import type { OpenSource } from "./audio-source.ts";
import { Client } from "./client.ts";
import type { ClientEvents } from "./client-events.ts";
import type { SocketFactory } from "./client-socket.ts";
import { type ConnectOptions, clientSettings } from "./options.ts";
import { protocolOfUrl, resolveServerUrl } from "./server-url.ts";

/** What a platform brings along. */
export interface Platform {
  socketFactory: SocketFactory;
  /** Undefined where there are no files. */
  openSource: OpenSource | undefined;
}

/** As `connect` of the platform's entry. */
export async function connectOn<S extends SampleArray>(
  platform: Platform,
  url: string | URL,
  options: ConnectOptions,
): Promise<Client<S>> {
  const protocol = options.protocol ?? protocolOfUrl(url);
  const settings = clientSettings({ ...options, ...(protocol !== undefined && { protocol }) });
  const attempts = settings.protocols.map((tried) => ({
    protocol: tried,
    url: resolveServerUrl(url, tried),
  }));
  const { signal, on = {} } = options;
  signal?.throwIfAborted();
  const dsp = options.dsp ?? (await loadDsp());
  signal?.throwIfAborted();
  const client = new Client<S>({
    attempts,
    settings,
    dsp,
    socketFactory: options.socketFactory ?? platform.socketFactory,
    openSource: platform.openSource,
  });
  for (const [name, listener] of Object.entries(on)) {
    // The loop loses which listener belongs to which name; the options' type has held them together.
    if (listener !== undefined)
      client.on(name as keyof ClientEvents<S>, listener as (value: unknown) => void);
  }
  if (signal !== undefined) {
    const onAbort = () => {
      client.abandon(signal.reason);
      void client.close();
    };
    signal.addEventListener("abort", onAbort);
    void client.closed.then(() => signal.removeEventListener("abort", onAbort));
  }
  await client.open();
  return client;
}
