/** The page's audio: microphone and files in, speaker out, and taps for what is drawn. */
import { type Microphone, type MicrophoneOptions, microphone, type Speaker, speaker } from "../../browser.ts";

/** 21 ms at 48 kHz: fine enough for pitch, short enough for syllables. */
const FFT_SIZE = 1024;
/** Fades a file's sound out where it is stopped. */
const FADE_SECONDS = 0.02;

/** An open desk. One for a page: browsers allow few audio contexts. */
export class Desk {
  readonly context: AudioContext;
  /** What is sent: microphone and file together. */
  readonly source: Microphone;
  /** What is heard. */
  readonly sink: Speaker;
  readonly said: AnalyserNode;
  readonly heard: AnalyserNode;
  readonly #mix: GainNode;
  #microphone: Microphone | undefined;
  #file: { node: AudioBufferSourceNode; gain: GainNode } | undefined;
  #isMuted = false;

  private constructor(context: AudioContext, mix: GainNode, source: Microphone, sink: Speaker) {
    this.context = context;
    this.#mix = mix;
    this.source = source;
    this.sink = sink;
    this.said = new AnalyserNode(context, { fftSize: FFT_SIZE, smoothingTimeConstant: 0 });
    this.heard = new AnalyserNode(context, { fftSize: FFT_SIZE, smoothingTimeConstant: 0 });
    source.node.connect(this.said);
    sink.node.connect(this.heard);
  }

  /** Opens it; best in a click's listener, so that sound may be heard. @throws VoxwireError `ERR_BROWSER` */
  static async open(): Promise<Desk> {
    const sink = await speaker();
    const { context } = sink;
    const mix = new GainNode(context);
    return new Desk(context, mix, await microphone({ from: mix }), sink);
  }

  /** The microphone, where it is open. */
  get microphone(): Microphone | undefined {
    return this.#microphone;
  }

  get isPlayingFile(): boolean {
    return this.#file !== undefined;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted;
    this.#follow();
  }

  /** Opens the microphone; one that is open is replaced once the other is there. @throws VoxwireError as `microphone` */
  async openMicrophone(options: MicrophoneOptions): Promise<Microphone> {
    const opened = await microphone({ ...options, context: this.context });
    this.closeMicrophone();
    this.#microphone = opened;
    opened.node.connect(this.#mix);
    this.#follow();
    return opened;
  }

  /** Gives the microphone back. */
  closeMicrophone(): void {
    this.#microphone?.close();
    this.#microphone = undefined;
  }

  /**
   * Plays a file into what is sent; the microphone is silent meanwhile.
   * @param buffer from `context.decodeAudioData`
   * @returns when it is over: true where it was played to its end
   */
  async playFile(buffer: AudioBuffer): Promise<boolean> {
    this.stopFile();
    const node = new AudioBufferSourceNode(this.context, { buffer });
    const gain = new GainNode(this.context);
    node.connect(gain).connect(this.#mix);
    const file = { node, gain };
    this.#file = file;
    this.#follow();
    const ended = new Promise<void>((resolve) => {
      node.onended = () => resolve();
    });
    node.start();
    await ended;
    gain.disconnect();
    const isWhole = this.#file === file;
    if (isWhole) this.#file = undefined;
    this.#follow();
    return isWhole;
  }

  /** Stops the file that plays. */
  stopFile(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    const end = this.context.currentTime + FADE_SECONDS;
    file.gain.gain.linearRampToValueAtTime(0, end);
    file.node.stop(end);
  }

  #follow(): void {
    if (this.#microphone !== undefined) this.#microphone.isMuted = this.#isMuted || this.#file !== undefined;
  }
}
