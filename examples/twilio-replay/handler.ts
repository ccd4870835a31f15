/** Greets a caller, hears them out, and lets any key cut in: `npx voxwire serve --handler examples/twilio-replay/handler.ts`. */
import { type AudioFrame, type Session, StreamHandler } from "voxwire/server";

const RATE = 8000;

class Attendant extends StreamHandler {
  override outputRate = RATE;
  #isGreeting = true;

  copy(): Attendant {
    return new Attendant();
  }

  override startUp(session: Session): void {
    session.send(tone(440, 3000));
    session.mark("greeting");
  }

  /** The caller has heard the greeting, or has cut it short. */
  override onMark(): void {
    this.#isGreeting = false;
  }

  override onDtmf(digit: string, session: Session): void {
    session.clear();
    session.send(tone(600 + 50 * Number.parseInt(digit, 36), 200));
  }

  receive({ samples, sampleRate }: AudioFrame, session: Session): void {
    if (!this.#isGreeting) session.send(samples, sampleRate);
  }

  emit(): null {
    return null;
  }
}

export const handler = Attendant;

function tone(frequency: number, durationMs: number): Int16Array {
  const step = (2 * Math.PI * frequency) / RATE;
  return Int16Array.from({ length: (durationMs * RATE) / 1000 }, (_, i) => 8000 * Math.sin(step * i));
}
