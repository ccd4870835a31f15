/** What a figure shows, and how each contender is drawn and named, the same in all figures: ours strong and in colour, peers thin and grey. */
import type { QualityLine } from "../quality.ts";
import type { Contender } from "../resample/contender.ts";
import type { Colour, Drawing, LineStyle } from "./svg.ts";

/** One curve or picture: who, and its figures. */
export interface Subject {
  readonly contender: Contender;
  readonly line: QualityLine;
}

export interface SubjectStyle extends LineStyle {
  readonly colour: Colour;
}

const STYLES: Readonly<Record<string, SubjectStyle>> = {
  voice: { colour: "voice", width: 2.2 },
  high: { colour: "high", width: 2.2 },
  best: { colour: "best", width: 2.2 },
  "libsoxr HQ": { colour: "first", width: 1.3 },
  "libsamplerate fastest": { colour: "second", width: 1.3, dashes: "6 3" },
  ffmpeg: { colour: "third", width: 1.3, dashes: "2 2" },
};

export function styleOf({ contender }: Subject): SubjectStyle {
  return STYLES[contender.name] ?? { colour: "second", width: 1.2 };
}

/** Ours first, the most important last among them, and the peers' thin lines over them, so that none hides another. */
export function inDrawingOrder(subjects: readonly Subject[]): Subject[] {
  const isOurs = ({ contender }: Subject) => contender.kind === "ours";
  return [...subjects.filter(isOurs).reverse(), ...subjects.filter((subject) => !isOurs(subject)).reverse()];
}

/** The name that a reader sees. */
export function nameOfSubject({ contender }: Subject): string {
  if (contender.kind === "ours") return `Voxwire ${contender.name}`;
  return contender.name === "ffmpeg" ? "ffmpeg (default)" : contender.name;
}

const LEGEND_COLUMNS = 4;
const LEGEND_STEP = { x: 225, y: 38 };

/** Entries side by side: a piece of the line, the name, and under it what is worth knowing. Returns the height. */
export function drawLegend(
  drawing: Drawing,
  subjects: readonly Subject[],
  x: number,
  top: number,
  note: (subject: Subject) => string,
): number {
  subjects.forEach((subject, i) => {
    const left = x + (i % LEGEND_COLUMNS) * LEGEND_STEP.x;
    const y = top + Math.floor(i / LEGEND_COLUMNS) * LEGEND_STEP.y;
    const style = styleOf(subject);
    drawing.line(left, y - 4, left + 24, y - 4, style.colour, style);
    drawing.text(left + 30, y, nameOfSubject(subject), { isBold: subject.contender.kind === "ours" });
    drawing.text(left + 30, y + 15, note(subject), { colour: "soft", size: 11 });
  });
  return Math.ceil(subjects.length / LEGEND_COLUMNS) * LEGEND_STEP.y;
}
