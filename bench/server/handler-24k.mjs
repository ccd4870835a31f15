// An echo that works at 24 kHz: where the wire carries 8 kHz, every frame is resampled on its way in and on its way out.
import { EchoHandler } from "../../dist/server.js";

export class Echo24k extends EchoHandler {
  inputRate = 24_000;
  outputRate = 24_000;

  copy() {
    return new Echo24k();
  }
}

export const handler = new Echo24k();
