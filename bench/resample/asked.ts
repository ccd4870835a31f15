/** What is asked of ours, by pair: the least ratio to libsoxr. The first number must be reached, the second is aimed at. */
type Asked = readonly [reach: number, aim: number];

export interface Expectations {
  /** Whose ratio it is. */
  readonly ofPeer: string;
  readonly byPair: Readonly<Record<string, Asked>>;
  /** Of pairs that `byPair` does not name. */
  readonly otherwise?: Asked;
}

/** By quality, for streams in chunks of 20 ms. */
export const ASKED_OF_STREAMS: Readonly<Record<string, Expectations>> = {
  voice: {
    ofPeer: "libsoxr HQ",
    byPair: byPair([1.15, 1.35], [1.2, 1.45], [1.0, 1.1], [0.95, 1.1], [1.15, 1.35], [1.25, 1.5]),
  },
  high: {
    ofPeer: "libsoxr HQ",
    byPair: byPair([1.4, 1.6], [1.55, 1.75], [1.08, 1.25], [1.22, 1.45], [1.15, 1.4], [1.8, 2.1]),
  },
  best: { ofPeer: "libsoxr VHQ", byPair: {}, otherwise: [0.75, 1.0] },
};

/** By quality, for 60 s at once. */
export const ASKED_AT_ONCE: Readonly<Record<string, Expectations>> = {
  high: {
    ofPeer: "libsoxr HQ",
    byPair: byPair([1.7, 1.7], [1.8, 1.8], [1.28, 1.28], [1.85, 1.85], [1.9, 1.9], [2.8, 2.8]),
  },
};

/** How many times the fastest npm resampler `voice` and `high` must be on every pair. */
export const ASKED_OVER_NPM = 25;

/** What is asked of a quality on a pair, if anything. */
export function askedOf(all: Readonly<Record<string, Expectations>>, quality: string, pair: string) {
  const found = all[quality];
  const asked = found?.byPair[pair] ?? found?.otherwise;
  if (found === undefined || asked === undefined) return undefined;
  return { ofPeer: found.ofPeer, reach: asked[0], aim: asked[1] };
}

/** In the order of the table in which they were asked: directions side by side are asked the same. */
function byPair(...asked: readonly [Asked, Asked, Asked, Asked, Asked, Asked]): Record<string, Asked> {
  const [down6, up6, two, three, recognition, music] = asked;
  return {
    "48 to 8": down6,
    "8 to 48": up6,
    "16 to 8": two,
    "8 to 16": two,
    "24 to 8": three,
    "44.1 to 16": recognition,
    "48 to 44.1": music,
    "44.1 to 48": music,
  };
}
