/** What a session asks of the transport below it. The transport never reaches back into a handler. */

/** One client's connection as a session sees it. */
export interface SessionSink {
  /**
   * Sends one frame. Never throws; a connection that is gone swallows it.
   * @param samples int16 at the wire's output rate, at most one wire frame; valid during the call only
   * @param sequence counts frames from 0
   * @param timestamp samples since the start, at the wire's output rate
   */
  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void;
  /** Whether the client drops what it has not played when it is told to. */
  readonly canClear: boolean;
  /** Tells the client to drop what it has not played. The transport then calls `cleared`, whether the client answers or not. */
  sendClear(): void;
  /** Sends a mark: comes back when the audio before it has been played or cleared. */
  sendMark(name: string): void;
  /** Sends a line for the client's log. */
  sendLog(message: string): void;
  /** Sends a warning for the person at the client. */
  sendWarning(message: string): void;
  /** Asks the client to set input. */
  sendInputRequest(): void;
  /** Sends a value of the handler's beside audio. @param json at most 64 Ki characters */
  sendOutput(json: string): void;
  /** Reports an error to the client: `message` is a sentence, `code` stable. */
  sendError(code: string, message: string, hint: string): void;
  /** Ends the connection; the transport then reports the end as usual. */
  close(closeCode: number, reason: string): void;
}
