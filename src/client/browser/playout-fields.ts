/** The numbers that pass between the thread that feeds a speaker and the worklet that plays: their places in a link. */

/** What the feeder says. Counts are of samples at the context's rate. */
export const CONTROL = {
  /** Samples of delay between the first sample's coming, after a pause, and its playing. */
  margin: 0,
  /** More than this waiting, and the excess is skipped. */
  most: 1,
  /** More than this waiting, and quiet stretches are shortened. */
  much: 2,
  /** Counts requests to drop what waits. */
  clears: 3,
  /** The position (samples written so far) up to which the latest request drops. */
  clearTo: 4,
} as const;

/** What the worklet says. Positions and counts of samples wrap at 2^32. */
export const STATUS = {
  /** The position up to which samples have been played or dropped. */
  position: 0,
  /** Times that nothing was there in the middle of speech. */
  underruns: 1,
  /** Samples skipped because too much waited. */
  skipped: 2,
  /** The latest request to drop that has been done. */
  clears: 3,
  /** Counts windows: `WINDOW_MS` in which audio played throughout, or the wait before playing begins. */
  windows: 4,
  /** The least that waited in the latest of them. */
  least: 5,
  /** Samples that wait. */
  waiting: 6,
  /** 0 where nothing plays, 1 where something does. */
  isPlaying: 7,
  /** The context's clock, in samples, at which `position` holds. */
  frame: 8,
  /** Samples of silence that were played for want of others, in the middle of speech. */
  silent: 9,
  /** The position at which the latest window ended. */
  windowPosition: 10,
  /** The context's clock at it. */
  windowFrame: 11,
  /** Counts beginnings after a pause or a `clear`, not after an underrun. */
  starts: 12,
} as const;

/** How long the least level is looked for at a time. */
export const WINDOW_MS = 500;
