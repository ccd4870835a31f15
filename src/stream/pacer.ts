/**
 * When a frame may leave. Pure arithmetic on a monotonic clock.
 *
 * A frame leaves while `sentMs - max(elapsedMs, receivedMs) <= leadMs`, all counted from an anchor. The clock alone is
 * not enough: in an echo each stall of process or network would set the anchor late, the frames that piled up would be
 * paced out in real time, and the stall would become lag for ever. So audio received since the anchor counts as time
 * passed: what arrives in a bunch may be answered in a bunch.
 */

/** Input that arrives closer than this to the last belongs to the same burst. */
const BURST_GAP_MS = 5;
/** An answer that comes later than this after a burst is not that burst coming back, and earns no credit from it. */
const BURST_KEPT_MS = 1000;
/** Silence of the output by which its anchor is set anew. */
const ANCHOR_GAP_MS = 60;

/** Paces one direction of one session. */
export class Pacer {
  readonly leadMs: number;
  #anchorMs = Number.NEGATIVE_INFINITY;
  #sentMs = 0;
  #receivedMs = 0;
  #burstMs = 0;
  #lastInputMs = Number.NEGATIVE_INFINITY;

  constructor(leadMs: number) {
    this.leadMs = leadMs;
  }

  /** `durationMs` of audio has arrived. */
  received(nowMs: number, durationMs: number): void {
    const gapMs = nowMs - this.#lastInputMs;
    // less the time it took: a client that sends in pieces shorter than the gap is no burst without end
    const aheadMs = gapMs > BURST_GAP_MS ? 0 : Math.max(0, this.#burstMs - gapMs);
    this.#burstMs = aheadMs + durationMs;
    this.#lastInputMs = nowMs;
    this.#receivedMs += durationMs;
  }

  /** Whether the next frame may leave now. Sets the anchor anew where the output has fallen silent. */
  mayLeave(nowMs: number): boolean {
    const elapsedMs = nowMs - this.#anchorMs;
    if (this.#sentMs < elapsedMs - ANCHOR_GAP_MS) {
      this.#anchorMs = nowMs;
      this.#sentMs = 0;
      this.#receivedMs = nowMs - this.#lastInputMs > BURST_KEPT_MS ? 0 : this.#burstMs;
      return true;
    }
    return this.#sentMs - Math.max(elapsedMs, this.#receivedMs) <= this.leadMs;
  }

  /** `durationMs` of audio has left. */
  sent(durationMs: number): void {
    this.#sentMs += durationMs;
  }

  /** When the next frame may leave, if no more arrives. */
  get dueMs(): number {
    return this.#anchorMs + this.#sentMs - this.leadMs;
  }

  /** When a listener who started at the anchor has heard all that was sent. */
  get heardMs(): number {
    return this.#anchorMs + this.#sentMs;
  }

  /** What was sent ahead will not be heard: the next frame starts anew. */
  reset(): void {
    this.#anchorMs = Number.NEGATIVE_INFINITY;
    this.#sentMs = 0;
    this.#receivedMs = 0;
  }
}
