/** Numbers that the jitter buffer was tuned by: on speech and traces other than those it is measured with. */

export const jitterTuning = {
  /** How many packets the arrival distribution remembers. */
  memoryPackets: 1000,
  /** How many the loss rate does. */
  lossMemoryPackets: 1500,
  /** Weight of packets assumed on time before any has come. */
  priorPackets: 30,
  /** Share of loss that costs half of what is left of quality: with the next packet there, and without. In percent. */
  lossHalfBetween: 40,
  lossHalfAlone: 20,
  /** What a lower target must gain, in points of R, to be taken. */
  downGain: 1,
  /** Delay before playout begins. */
  startMs: 20,
  /** How far playout may be under and over the target before a quiet frame changes it. */
  underMs: 20,
  overMs: 15,
  /** Mouth-to-ear delay above which every millisecond counts (ITU-T G.107). */
  kneeMs: 180,
  /** How far above the target a frame may be played whose turn has passed, where the knee allows it. */
  resumeMs: 60,
  /** What must have come with a late frame for a stall of the network: this share of its lateness, or more than any sender leads. */
  bunchShare: 0.7,
  leadMs: 120,
  /** How long a pause of the sender is doubted: a stall in two parts begins as one. */
  doubtMs: 1000,
  /** A gap between packets after which the next ones may have been sent late; and one after which the delay is built anew. */
  suspectMs: 60,
  pauseMs: 200,
  /** Quiet: below this share of the speech level, or below this level. */
  quietShare: 0.03,
  quietLevel: 25,
  /** Quiet frames in a row before the delay shrinks in them; fewer where it is far over; and before it grows. */
  quietRun: 4,
  farRun: 3,
  insertRun: 1,
  /** Far over the target. */
  farMs: 60,
  /** Frames without a quiet one, far over the target, before a period of the voice is taken out; and between two of them. */
  loudRun: 25,
  /** How alike two periods must be for one to go. */
  periodLikeness: 0.9,
  /** Nothing for so long: the sender has paused. */
  idleMs: 1000,
  packetsPerTarget: 5,
  /** A line of drift: its worst error, its least rise, its steepest. */
  driftWorstMs: 6,
  driftShiftMs: 1.5,
  driftMaxPpm: 3000,
  /** Steering back to the target while the clocks differ: ppm for each ms, and at most. */
  driftPullPpm: 10,
  driftMaxPullPpm: 150,
};
