/** What one client, one address and all of them may take of a server. All can be set; docs/server.md has the table. */
import { checkInteger, checkNumber } from "../core/check.ts";

/** Bounds of a server's sockets and sessions. Each has a counter, and an error and a close code that say what it was. */
export interface ServerLimits {
  /** The longest message a client may send. Default 262,144. Beyond it `ERR_TOO_BIG` and close code 1009. */
  maxMessageBytes: number;
  /** The longest stretch of audio in one message. Default 5,000 ms; a longer one is dropped with `ERR_TOO_BIG`. */
  maxMessageMs: number;
  /** The longest JSON message that is no media. Default 65,536; a longer one is dropped with `ERR_TOO_BIG`. */
  maxControlBytes: number;
  /** How deep JSON may be nested. Default 32; deeper is dropped with `ERR_JSON`. */
  maxJsonDepth: number;
  /**
   * How long TLS and the request's header may take together with nothing upgraded yet (`serve` alone; an HTTP server of
   * your own has its own). Default 5,000 ms; then the socket is cut.
   */
  handshakeTimeoutMs: number;
  /** How long the `auth` hook may take. Default 5,000 ms; then the upgrade is refused with 503. */
  authTimeoutMs: number;
  /** How long a socket may wait with its `start`. Default 10,000 ms; then `ERR_START_TIMEOUT` and close code 4408. */
  startTimeoutMs: number;
  /** Sockets that wait with their `start` at once. Default 1,024; beyond it the oldest of the busiest address goes. */
  maxWaitingSockets: number;
  /**
   * The same from one address; beyond it the oldest of that address goes. Default 512, and no limit of its own for this
   * machine's addresses: that of a load test, or of a proxy that `trustProxy` does not name.
   */
  maxWaitingPerAddress: number;
  /**
   * Readers of outputs over HTTP that wait for sessions which have not started. Default 256; beyond it the oldest of the
   * busiest address is refused with 503.
   */
  maxWaitingReaders: number;
  /** The same from one address. Default 128; beyond it the oldest of that address is refused. */
  maxWaitingReadersPerAddress: number;
  /**
   * How long a client may send nothing at all: no audio, no message. Default 300,000 ms; then `ERR_IDLE` and close code
   * 4408, up to a quarter of it later. WebSocket pings do not count, `{"event":"ping"}` does.
   */
  idleTimeoutMs: number;
  /** Sessions at once. Default: no limit but the audio memory. Beyond it close code 4429. */
  maxSessions: number;
  /** Sessions at once from one address (IPv6: one /64 network). Default: no limit. Beyond it close code 4429. */
  maxSessionsPerAddress: number;
  /** Audio that a client may send at once after a stall, before `maxSpeed` holds it. Default 15,000 ms. */
  maxBurstMs: number;
  /**
   * How many times faster than real time audio may come in the long run. Default 100: files may be sent fast, a flood is
   * cut. What comes beyond is dropped with `ERR_TOO_FAST`; a burst's worth of that in a row ends in close code 4429.
   */
  maxSpeed: number;
  /** Messages a second in the long run; a second's worth may come at once, and what `maxBurstMs` says. Default 10,000. */
  maxMessagesPerSecond: number;
  /** Audio that may wait in a socket whose client reads slowly; frames beyond it are dropped. Default 3,000 ms. */
  maxUnsentMs: number;
  /** How long a client may stay beyond `maxUnsentMs`. Default 5,000 ms; then `ERR_SLOW_READER` and close code 4413. */
  slowReaderMs: number;
  /** How often a sign of life is asked for; a peer that misses two is dead. Default 15,000 ms. */
  heartbeatMs: number;
  /**
   * How long a session waits for a client that has lost its connection and had asked for that. Default 10,000 ms; 0: it
   * ends with the connection. Then it ends, and who comes later is refused with `ERR_RESUME` and close code 4410.
   */
  resumeWindowMs: number;
  /**
   * Audio that a client which comes back is sent anew: the latest of what it has not had. Default 2,000 ms, `maxUnsentMs` at
   * most; what is older is lost and counted. Each session that may come back keeps so much (32 KB at 8 kHz).
   */
  maxReplayMs: number;
  /** Sessions that wait so at once. Default 1,000; beyond it the one that has waited longest ends. */
  maxResumable: number;
  /**
   * How late the event loop may be (p99 of 5 s) before `/readyz` says that the server wants no more clients; those who
   * come all the same are let in. Default 200 ms.
   */
  maxEventLoopDelayMs: number;
  /** How long a session may last; then `ERR_TIME_LIMIT` and close code 4430. Default: no limit. */
  timeLimitMs: number;
}

/** The longest that a timer of Node's may wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** The limits with their defaults; `ConfigError` names what is wrong. */
export function serverLimits(given: Partial<ServerLimits>): ServerLimits {
  const whole = (name: keyof ServerLimits, usual: number, min: number, max: number) =>
    checkInteger(name, given[name] ?? usual, min, max);
  const time = (name: keyof ServerLimits, usual: number, min = 1, max = LONGEST_MS) =>
    checkNumber(name, given[name] ?? usual, min, max);
  /** Where nothing is said there is no limit. */
  const open = (name: keyof ServerLimits, max: number) =>
    given[name] === undefined ? Number.POSITIVE_INFINITY : checkInteger(name, given[name], 1, max);
  return {
    maxMessageBytes: whole("maxMessageBytes", 262_144, 1024, 16_777_216),
    maxMessageMs: time("maxMessageMs", 5_000, 20, 60_000),
    maxControlBytes: whole("maxControlBytes", 65_536, 256, 16_777_216),
    maxJsonDepth: whole("maxJsonDepth", 32, 3, 1000),
    handshakeTimeoutMs: time("handshakeTimeoutMs", 5_000, 100, 600_000),
    authTimeoutMs: time("authTimeoutMs", 5_000, 10, 600_000),
    startTimeoutMs: time("startTimeoutMs", 10_000),
    maxWaitingSockets: whole("maxWaitingSockets", 1024, 1, 1_000_000),
    maxWaitingPerAddress: whole("maxWaitingPerAddress", 512, 1, 1_000_000),
    maxWaitingReaders: whole("maxWaitingReaders", 256, 1, 1_000_000),
    maxWaitingReadersPerAddress: whole("maxWaitingReadersPerAddress", 128, 1, 1_000_000),
    idleTimeoutMs: time("idleTimeoutMs", 300_000, 20),
    maxSessions: open("maxSessions", 1_000_000),
    maxSessionsPerAddress: open("maxSessionsPerAddress", 1_000_000),
    maxBurstMs: time("maxBurstMs", 15_000, 100, 3_600_000),
    maxSpeed: time("maxSpeed", 100, 1, 1_000_000),
    maxMessagesPerSecond: time("maxMessagesPerSecond", 10_000, 10, 10_000_000),
    maxUnsentMs: time("maxUnsentMs", 3_000, 100, 600_000),
    slowReaderMs: time("slowReaderMs", 5_000, 1, 600_000),
    heartbeatMs: time("heartbeatMs", 15_000, 10),
    resumeWindowMs: time("resumeWindowMs", 10_000, 0, 600_000),
    maxReplayMs: time("maxReplayMs", 2_000, 0, 600_000),
    maxResumable: whole("maxResumable", 1000, 1, 1_000_000),
    maxEventLoopDelayMs: time("maxEventLoopDelayMs", 200, 1, 60_000),
    timeLimitMs:
      given.timeLimitMs === undefined
        ? Number.POSITIVE_INFINITY
        : checkNumber("timeLimitMs", given.timeLimitMs, 1, LONGEST_MS),
  };
}
