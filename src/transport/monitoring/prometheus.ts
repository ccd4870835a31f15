/**
 * A server's counters as Prometheus metrics. They are read from where they are counted when somebody scrapes, so a frame
 * costs nothing more for them. Names and units as Prometheus recommends: seconds, bytes, `_total` for what only grows.
 */
import type { Counters, ServerMetrics } from "../counters.ts";
import type { LiveSession } from "../session-registry.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";
import type { PromClient, PromOptions, PromRegister } from "./prom-client.ts";

/** From half a frame to where a conversation has become impossible. */
const ROUND_TRIP_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5];

/** What is measured. */
export interface PrometheusSource {
  readonly counters: Counters;
  /** The counters as they are now. */
  metrics(): ServerMetrics;
  readonly sessions: ReadonlyMap<string, LiveSession>;
}

/** Values by the value of a metric's only label; under an empty name for a metric without labels. */
type Values = Readonly<Record<string, number>>;

/** One server's metrics in a register. */
export class Prometheus {
  readonly register: PromRegister;
  readonly #delay = new EventLoopDelay();
  readonly #prom: PromClient;
  readonly #counters: Counters;
  readonly #names = ["voxwire_round_trip_seconds"];

  constructor(prom: PromClient, source: PrometheusSource, register: PromRegister = new prom.Registry()) {
    this.#prom = prom;
    this.#counters = source.counters;
    this.register = register;
    this.#addGauges(source);
    this.#addCounters(source);
    const roundTrip = new prom.Histogram({
      name: "voxwire_round_trip_seconds",
      help: "Heartbeats there and back.",
      buckets: ROUND_TRIP_BUCKETS,
      registers: [register],
    });
    this.#counters.onRoundTrip = (ms) => roundTrip.observe(ms / 1000);
  }

  /** Measures no more, and leaves the register. */
  stop(): void {
    for (const name of this.#names) this.register.removeSingleMetric(name);
    this.#counters.onRoundTrip = undefined;
    this.#delay.stop();
  }

  #addGauges({ metrics, sessions }: PrometheusSource): void {
    this.#gauge("connections", "Sockets open now.", () => ({ "": metrics().connections }));
    this.#gauge("sessions", "Sessions now.", () => ({ "": metrics().sessions }));
    this.#gauge("sessions_waiting", "Sessions that wait for a lost client.", () => ({
      "": metrics().sessionsWaiting,
    }));
    this.#gauge(
      "queue_seconds",
      "Audio that waits, over all sessions.",
      () => queues(sessions, add),
      "queue",
    );
    this.#gauge(
      "queue_max_seconds",
      "Audio that waits, of the session with most.",
      () => queues(sessions, Math.max),
      "queue",
    );
    this.#gauge("late_max_seconds", "The worst lateness of a sent frame, over the live sessions.", () => ({
      "": Array.from(sessions.values(), ({ stats }) => stats.maxLateMs).reduce(greater, 0) / 1000,
    }));
    const quantiles = () => {
      const { p50Ms, p99Ms, maxMs } = this.#delay.take();
      return { "0.5": p50Ms / 1000, "0.99": p99Ms / 1000, "1": maxMs / 1000 };
    };
    this.#gauge(
      "event_loop_delay_seconds",
      "Lateness of the event loop since the last scrape.",
      quantiles,
      "quantile",
    );
    this.#gauge("event_loop_stall_max_seconds", "The longest stall.", () => ({
      "": metrics().maxStallMs / 1000,
    }));
  }

  #addCounters({ metrics }: PrometheusSource): void {
    const count = (name: string, help: string, read: (now: ServerMetrics) => number) =>
      this.#counter(name, help, () => ({ "": read(metrics()) }));
    count("connections_opened", "Sockets that were let in.", (now) => now.connectionsOpened);
    count("sessions_opened", "Sessions that were opened.", (now) => now.sessionsOpened);
    count("sessions_lost", "Sessions whose connection was lost and that waited.", (now) => now.sessionsLost);
    count("sessions_resumed", "Sessions that went on.", (now) => now.sessionsResumed);
    count("recordings", "Recordings that are complete.", (now) => now.recordings);
    count("recordings_failed", "Recordings that could not be written.", (now) => now.recordingsFailed);
    count("bad_messages", "Messages answered with an error.", (now) => now.badMessages);
    count("unknown_messages", "Messages of unknown kinds.", (now) => now.unknownMessages);
    count("output_readers_dropped", "Readers of outputs that were too slow.", (now) => now.slowOutputReaders);
    count(
      "reads_paused",
      "Times a client that flooded was read on after all the others.",
      (now) => now.pausedReads,
    );
    count("event_loop_stalls", "Stalls of a quarter of a second and more.", (now) => now.stalls);
    this.#counter("sessions_ended", "Sessions that ended.", () => metrics().sessionsEnded, "reason");
    this.#counter("refusals", "Upgrades and starts that were refused.", () => metrics().refused, "reason");
    this.#counter("dropped", "Media dropped.", () => metrics().dropped, "reason");
    this.#counter(
      "frames",
      "Media messages.",
      () => inOut(metrics().framesIn, metrics().framesOut),
      "direction",
    );
    this.#counter(
      "bytes",
      "Bytes of messages.",
      () => inOut(metrics().bytesIn, metrics().bytesOut),
      "direction",
    );
    const lost = () => inOut(metrics().lostMs.input / 1000, metrics().lostMs.output / 1000);
    this.#counter("lost_seconds", "Audio that lost connections swallowed.", lost, "direction");
  }

  #gauge(name: string, help: string, read: () => Values, label?: string): void {
    const gauge = new this.#prom.Gauge({
      ...this.#options(`voxwire_${name}`, help, label),
      collect: () => {
        for (const [value, amount] of Object.entries(read())) gauge.set(labelled(label, value), amount);
      },
    });
  }

  #counter(name: string, help: string, read: () => Values, label?: string): void {
    const counter = new this.#prom.Counter({
      ...this.#options(`voxwire_${name}_total`, help, label),
      collect: () => {
        counter.reset();
        for (const [value, amount] of Object.entries(read())) counter.inc(labelled(label, value), amount);
      },
    });
  }

  #options(name: string, help: string, label: string | undefined): PromOptions {
    this.#names.push(name);
    return { name, help, labelNames: label === undefined ? [] : [label], registers: [this.register] };
  }
}

function labelled(label: string | undefined, value: string): object {
  return label === undefined ? {} : { [label]: value };
}

function inOut(input: number, output: number): Values {
  return { in: input, out: output };
}

function queues(sessions: ReadonlyMap<string, LiveSession>, join: (a: number, b: number) => number): Values {
  let input = 0;
  let output = 0;
  for (const { stats } of sessions.values()) {
    input = join(input, stats.inputQueuedMs / 1000);
    output = join(output, stats.outputQueuedMs / 1000);
  }
  return { input, output };
}

function add(a: number, b: number): number {
  return a + b;
}

function greater(a: number, b: number): number {
  return Math.max(a, b);
}
