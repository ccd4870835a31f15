/** What stands between one socket and its connection: what comes in, sorted, and what goes out, bounded. */
import type { Duplex } from "node:stream";
import type { ConnectionContext } from "./connection-context.ts";
import { type ConnectionRequests, MessageIntake } from "./message-intake.ts";
import { behindNetwork, NetworkWriter } from "./network-writer.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import type { ServerSocket } from "./server-socket.ts";
import { shareReads } from "./shared-reads.ts";
import { SocketWriter } from "./socket-writer.ts";

/** What it is made of. */
export interface ConnectionWireParts {
  readonly socket: ServerSocket;
  /** The upgraded socket below it. */
  readonly stream: Duplex;
  readonly context: ConnectionContext;
  readonly dialect: ServerDialect;
  /** Carries out what the client asks. */
  readonly requests: ConnectionRequests;
  /** What waits in the socket stays beyond the bound. */
  onSlowReader(): void;
}

/** Both ways. */
export interface ConnectionWire {
  readonly writer: SocketWriter;
  readonly intake: MessageIntake;
  /** Hands what comes to the intake, from now on. */
  listen(): void;
}

/** Puts both ways together, behind the network that is played, where there is one. */
export function openWire({
  socket,
  stream,
  context,
  dialect,
  requests,
  onSlowReader,
}: ConnectionWireParts): ConnectionWire {
  const { bounds, clock, closeGraceMs, counters, dsp, slots } = context;
  const { up, down } = context.network?.open(clock) ?? {};
  const writing = {
    socket,
    stream,
    clock,
    counters,
    slots,
    slowReaderMs: bounds.slowReaderMs,
    closeGraceMs,
    onSlowReader,
  };
  const writer = down === undefined ? new SocketWriter(writing) : new NetworkWriter(writing, down, dsp);
  const intake = new MessageIntake({ requests, socket, writer, counters, clock, bounds, dialect });
  return {
    writer,
    intake,
    listen() {
      socket.taker = up === undefined ? intake : behindNetwork(up, intake);
      // behind a network that is played, messages wait: none can be lent
      shareReads(stream, up === undefined);
    },
  };
}
