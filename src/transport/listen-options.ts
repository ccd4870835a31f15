/** Options of `serve` that `attach` has not: where to listen. */
import type { TlsFiles } from "./listener.ts";

/** Where to listen. */
export interface ListenOptions {
  /** TCP port; 0 takes a free one. Default 8765. */
  port?: number;
  /**
   * Address to listen on. Default `"127.0.0.1"`, this machine alone: without `auth` everybody may connect, so opening it
   * to a network is a choice to be made (`"0.0.0.0"`), with `tls` or behind a proxy that speaks TLS.
   */
  host?: string;
  /** Speaks TLS (`wss://`) with this certificate. */
  tls?: TlsFiles;
  /** Shows browsers a page at `/` to talk to this server with; see docs/playground.md. Default false. */
  playground?: boolean;
}
