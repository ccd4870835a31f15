/** Everything of a server but its port: upgrades in, connections and sessions, heartbeat, counters, the way out. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Server, WebSocketServer } from "ws";
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { sessionLimits } from "../core/limits.ts";
import { consoleLogger, containedLogger, type Logger } from "../core/logger.ts";
import type { NamesOf } from "../core/option-names.ts";
import { type Dsp, loadDspSync } from "../dsp/node-dsp.ts";
import { createStreamSession } from "../stream/create-session.ts";
import { StallMonitor } from "../stream/stall-monitor.ts";
import { Admission } from "./admission.ts";
import { chooseSubprotocol } from "./auth.ts";
import { isLoopbackKey } from "./client-address.ts";
import { SharedCodecs } from "./codec-pool.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import type { ConnectionContext } from "./connection-context.ts";
import { Counters, type ServerMetrics } from "./counters.ts";
import { FrameSlots } from "./frame-slots.ts";
import { pathOf } from "./http-answers.ts";
import { endpointsOf, type HttpEndpoint } from "./http-endpoints.ts";
import { InputRates } from "./input-rates.ts";
import { LateCodecs } from "./late-codecs.ts";
import { monitoringEndpoints } from "./monitoring/monitoring-endpoints.ts";
import { loadPromClient } from "./monitoring/prom-client.ts";
import { Prometheus } from "./monitoring/prometheus.ts";
import { type Readiness, ReadinessMonitor } from "./monitoring/readiness.ts";
import { OutputHub } from "./output-hub.ts";
import { PageGate } from "./page-gate.ts";
import { SERVER_PROTOCOLS } from "./protocol/server-protocols.ts";
import { Recordings } from "./recording/recordings.ts";
import { ResumeDesk } from "./resume-desk.ts";
import type { ServerLimits } from "./server-limits.ts";
import {
  type CheckedOptions,
  checkOptions,
  type ServerOptions,
  type WorkerServerOptions,
} from "./server-options.ts";
import { mountHandlers, routesOf, type ServerRoute } from "./server-routes.ts";
import { ServerSocket } from "./server-socket.ts";
import { OUTPUT_ANSWERS } from "./session-endpoints.ts";
import { type LiveSession, SessionRegistry } from "./session-registry.ts";
import { LOOKS_PER_IDLE } from "./signs-of-life.ts";
import { callGate } from "./twilio-incoming.ts";
import { WaitingRoom } from "./waiting-room.ts";
import { WorkerPool } from "./workers/worker-pool.ts";

/** How long a client may take to answer a close frame. */
const CLOSE_GRACE_MS = 2000;

/** Pieces that a message may come in, WebSocket fragments or TCP segments: no network makes shorter ones of a long message. */
const SHORTEST_PIECE_BYTES = 128;
const MIN_PIECES = 4096;

/** How to close a server. */
export interface CloseOptions {
  /** How long queued audio may take to leave; `limits.drainTimeoutMs` (5,000 ms) at most, which is the default. */
  drainMs?: number;
}

const CLOSE_OPTIONS: NamesOf<CloseOptions> = { drainMs: 1 };

/** Serves handlers on their paths. */
export class VoiceServer {
  readonly options: CheckedOptions;
  /** The WebSocket routes by their whole path. */
  readonly routes: ReadonlyMap<string, ServerRoute>;
  /** What is answered over plain HTTP, by whole path. */
  readonly endpoints: ReadonlyMap<string, HttpEndpoint>;
  readonly #context: ConnectionContext;
  readonly #codecs: LateCodecs;
  readonly #admission: Admission;
  readonly #sockets: Server<typeof ServerSocket>;
  readonly #connections = new Set<Connection>();
  readonly #listensAt: () => string;
  readonly #stalls: StallMonitor;
  readonly #workers: WorkerPool | undefined;
  readonly #readiness: ReadinessMonitor;
  readonly #prometheus: Prometheus | undefined;
  #heartbeatTimer: unknown;
  #idleTimer: unknown;
  #closed: Promise<void> | undefined;

  /**
   * @param listensAt the address, as far as it is known yet; empty with TLS, which no page has the certificate for
   * @throws ConfigError for options that are wrong, WasmError
   */
  constructor(options: ServerOptions | WorkerServerOptions, listensAt: () => string) {
    this.options = checkOptions(options);
    const { workers } = this.options;
    this.#workers = workers && new WorkerPool(workers);
    const mounts = mountHandlers(options, this.options, this.#workers?.mount);
    this.routes = routesOf(mounts);
    const clock = options.clock ?? systemClock;
    const logger = containedLogger(options.logger ?? consoleLogger);
    this.#codecs = new LateCodecs(this.options.streamCodecs, { clock, logger });
    this.#context = createContext(options, this.options, {
      clock,
      logger,
      codecs: this.#codecs.codecs,
      workers: this.#workers,
    });
    const { auth, bounds, readAddress, allowedOrigins, hostsAt, twilio, publicName } = this.options;
    const pages = new PageGate({ allowedOrigins, hosts: () => hostsAt(listensAt(), auth !== undefined) });
    this.#listensAt = listensAt;
    const { counters, room, registry, outputs } = this.#context;
    const prom = this.options.metrics && loadPromClient();
    const source = { counters, sessions: registry.sessions, metrics: () => this.metrics };
    this.#prometheus = prom && new Prometheus(prom, source, this.options.metrics?.register);
    this.endpoints = endpointsOf(mounts, {
      registry,
      outputs,
      pages,
      auth,
      clock,
      room,
      readAddress,
      authTimeoutMs: bounds.authTimeoutMs,
      bounds,
      inputRates: new InputRates(clock, bounds),
      twilio,
      name: publicName,
      counters,
      logger,
    });
    this.#admission = new Admission({
      clock,
      logger,
      counters,
      room,
      readAddress,
      pages,
      routes: [...this.routes.keys()],
      auth,
      callGate: callGate(twilio, publicName, logger),
      authTimeoutMs: bounds.authTimeoutMs,
    });
    this.#sockets = new WebSocketServer<typeof ServerSocket>({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      skipUTF8Validation: true,
      WebSocket: ServerSocket,
      // `ws` would agree to whatever is asked for
      handleProtocols: (offered, request) => {
        const own = this.routes.get(pathOf(request))?.protocol.subprotocol;
        return chooseSubprotocol(offered, own);
      },
      // above our own bound, so that a message somewhat too long is answered in words; above this, `ws` closes with 1009
      maxPayload: 2 * bounds.maxMessageBytes,
      // each piece that waits for the rest is an object of its own: a message in single bytes would weigh a hundredfold
      maxFragments: mostPieces(bounds.maxMessageBytes),
      maxBufferedChunks: mostPieces(bounds.maxMessageBytes),
    });
    this.#stalls = new StallMonitor(this.#context.clock, this.#context.logger);
    const { maxEventLoopDelayMs } = bounds;
    this.#readiness = new ReadinessMonitor({ clock, registry, maxEventLoopDelayMs });
    this.#scheduleHeartbeat();
    this.#scheduleIdle();
  }

  /** Whether a load balancer should send new clients. */
  get readiness(): Readiness {
    return this.#readiness.look(this.isClosing);
  }

  /**
   * What machines that watch the server read, by whole path; empty without the option `metrics`.
   * @param address where they are answered, if not where the server listens
   */
  monitoring(address?: string): ReadonlyMap<string, HttpEndpoint> {
    const { allowedOrigins, auth, bounds, hostsAt, metrics, readAddress } = this.options;
    const { clock, counters, logger, registry, room } = this.#context;
    if (metrics === undefined || this.#prometheus === undefined) return new Map();
    const { register } = this.#prometheus;
    const listensAt = address === undefined ? this.#listensAt : () => address;
    // machines that watch may have no token: the name is looked at whatever `auth` says
    const pages = new PageGate({ allowedOrigins, hosts: () => hostsAt(listensAt(), false) });
    const { authTimeoutMs } = bounds;
    const isShared = address === undefined;
    return new Map(
      monitoringEndpoints({
        path: metrics.path,
        register,
        sessions: registry.sessions,
        logger,
        counters,
        pages,
        showsSessions: metrics.showsSessions,
        clientsGate: isShared ? { auth, clock, logger, room, readAddress, authTimeoutMs } : undefined,
      }),
    );
  }

  get counters(): Counters {
    return this.#context.counters;
  }

  get sessions(): ReadonlyMap<string, LiveSession> {
    return this.#context.registry.sessions;
  }

  get metrics(): ServerMetrics {
    const { stalls, maxStallMs } = this.#stalls;
    const { counters, registry, resume } = this.#context;
    return {
      ...counters.snapshot(registry.stats()),
      sessionsWaiting: resume.waiting,
      stalls,
      maxStallMs,
      workers: this.#workers?.metrics ?? [],
    };
  }

  get isClosing(): boolean {
    return this.#closed !== undefined;
  }

  /** Starts the workers, where there are any. @throws VoxwireError `ERR_HANDLER`, `ERR_WORKER` */
  async start(): Promise<void> {
    await this.#workers?.start(this.#context);
  }

  /** Loads what may be loaded while the server listens. */
  listens(): void {
    this.#codecs.load(this.options.bounds.authTimeoutMs);
  }

  /** Takes an upgrade to one of `routes`, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const route = this.routes.get(pathOf(request));
    this.#codecs.awaited(socket, () =>
      this.#admission.admit(request, socket, route, (client, { mount, protocol }) =>
        this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
          this.#accept({
            socket: webSocket,
            stream: socket,
            client,
            mount,
            protocol,
            context: this.#context,
          }),
        ),
      ),
    );
  }

  /** Answers a request to one of `endpoints`; false for any other, which is left alone. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const endpoint = this.endpoints.get(pathOf(request));
    if (endpoint === undefined) return false;
    endpoint.answer(request, response);
    return true;
  }

  /** No new sessions; queued audio leaves; handlers shut down; sockets close. Idempotent; resolves when all is done. */
  close(options: CloseOptions = {}): Promise<void> {
    // as a listener, process.once("SIGTERM", server.close), it is called with the signal's name
    if (typeof options === "object") checkOptionNames("close()", options, CLOSE_OPTIONS);
    const { drainTimeoutMs } = this.#context.limits;
    this.#closed ??= this.#close(Math.min(options.drainMs ?? drainTimeoutMs, drainTimeoutMs));
    return this.#closed;
  }

  async #close(drainMs: number): Promise<void> {
    const { clock, codecs, outputs, resume, room, slots } = this.#context;
    clock.clearTimer(this.#heartbeatTimer);
    clock.clearTimer(this.#idleTimer);
    this.#admission.close();
    this.#stalls.stop();
    this.#workers?.hurry();
    this.#readiness.stop();
    this.#prometheus?.stop();
    const timer = clock.setTimer(() => {
      for (const connection of this.#connections) connection.leave();
    }, drainMs);
    await Promise.all([
      resume.close({ kind: "server-closing", message: "The server is going away." }),
      ...Array.from(this.#connections, (connection) => {
        void connection.drain();
        return connection.done;
      }),
    ]);
    clock.clearTimer(timer);
    // those whose authorisation is under way
    room.clear();
    outputs.dispose();
    codecs.dispose();
    slots.dispose();
    this.#sockets.close();
    await this.#workers?.stop();
  }

  #accept(parts: ConnectionParts): void {
    const connection = new Connection(parts);
    this.#connections.add(connection);
    void connection.done.then(() => this.#connections.delete(connection));
  }

  #scheduleHeartbeat(): void {
    this.#heartbeatTimer = this.#context.clock.setTimer(() => {
      for (const connection of this.#connections) connection.heartbeat();
      this.#context.outputs.heartbeat();
      this.#scheduleHeartbeat();
    }, this.options.bounds.heartbeatMs);
  }

  #scheduleIdle(): void {
    const { bounds } = this.options;
    this.#idleTimer = this.#context.clock.setTimer(() => {
      for (const connection of this.#connections) connection.lookForIdle();
      this.#scheduleIdle();
    }, bounds.idleTimeoutMs / LOOKS_PER_IDLE);
  }
}

/** What the server has of its own. */
interface OwnParts {
  readonly clock: Clock;
  readonly logger: Required<Logger>;
  readonly codecs: readonly StreamCodec[];
  readonly workers: WorkerPool | undefined;
}

function createContext(
  options: ServerOptions | WorkerServerOptions,
  checked: CheckedOptions,
  { clock, logger, codecs, workers }: OwnParts,
): ConnectionContext {
  const dsp: Dsp = options.dsp ?? loadDspSync();
  const counters = new Counters();
  const { bounds, recording } = checked;
  return {
    dsp,
    clock,
    logger,
    limits: sessionLimits(options.limits),
    createSession: workers?.createSession ?? createStreamSession,
    bounds,
    room: new WaitingRoom(
      bounds.maxWaitingSockets,
      bounds.maxWaitingPerAddress,
      options.maxWaitingPerAddress === undefined ? isLoopbackKey : undefined,
    ),
    codecs: createCodecs(dsp, bounds, codecs),
    slots: new FrameSlots(dsp),
    registry: new SessionRegistry(bounds.maxSessions, bounds.maxSessionsPerAddress),
    counters,
    resume: new ResumeDesk(clock, counters, bounds),
    recordings: recording && new Recordings({ options: recording, clock, dsp, logger, counters }),
    outputs: new OutputHub(clock, counters, OUTPUT_ANSWERS, bounds),
    events: {
      ...(options.onSession !== undefined && { onSession: options.onSession }),
      ...(options.onEnd !== undefined && { onEnd: options.onEnd }),
    },
    closeGraceMs: CLOSE_GRACE_MS,
    network: options.network,
  };
}

/** What every connection begins with is made now: memory that is full must show here, not in an upgrade. */
function createCodecs(dsp: Dsp, bounds: ServerLimits, streamCodecs: readonly StreamCodec[]): SharedCodecs {
  const codecs = new SharedCodecs(dsp, bounds, streamCodecs);
  for (const protocol of SERVER_PROTOCOLS) protocol.openDialect(codecs);
  return codecs;
}

function mostPieces(maxMessageBytes: number): number {
  return Math.max(MIN_PIECES, Math.ceil((2 * maxMessageBytes) / SHORTEST_PIECE_BYTES));
}
