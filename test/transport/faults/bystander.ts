/** A client whose echo has to stay whole whatever happens to others. */
import { sameSamples } from "../../samples.ts";
import { RawClient, throughMulaw } from "../raw-client.ts";

const FRAME = 160;

export class Bystander {
  /** Frames that went there and came back whole. */
  echoes = 0;
  readonly #client: RawClient;
  #isOver = false;
  #running: Promise<void> | undefined;

  private constructor(client: RawClient) {
    this.#client = client;
  }

  /** Starts a session at 8 kHz, and goes on sending until `leave`. */
  static async enter(url: string, id: string): Promise<Bystander> {
    const client = await RawClient.open(url);
    client.send({ event: "start", websocket_id: id });
    await client.sync();
    const bystander = new Bystander(client);
    bystander.#running = bystander.#talk();
    return bystander;
  }

  /** Says no more; rejects where any frame was lost or was not its own, or the connection was. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await this.#client.sync();
    await this.#client.leave();
  }

  async #talk(): Promise<void> {
    while (!this.#isOver) {
      const frame = Int16Array.from({ length: FRAME }, (_, i) => (i * 37 + this.echoes * 101) % 8000);
      this.#client.sendMedia(frame);
      sameSamples(await this.#client.nextAudio(FRAME), throughMulaw(frame), `echo ${this.echoes}`);
      this.echoes++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
