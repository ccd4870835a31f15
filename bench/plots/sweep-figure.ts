/** Sweeps side by side: one bright line is the tone, everything else is what the converter adds. */
import type { Rates } from "../resample/contender.ts";
import { nameOf } from "../resample/rates.ts";
import { LOWEST_DB, scalePicture, sweepPicture } from "./spectrogram.ts";
import type { Subject } from "./subject-style.ts";
import { nameOfSubject } from "./subject-style.ts";
import { Drawing } from "./svg.ts";

const COLUMNS = 3;
const PICTURE = { width: 264, height: 132 };
const STEP = { x: 294, y: 198 };
const LEFT = 52;
const TOP = 112;

export async function drawSweeps(subjects: readonly Subject[], rates: Rates): Promise<string> {
  const rows = Math.ceil(subjects.length / COLUMNS);
  const title = `${nameOf(rates)} kHz: a tone swept from 0 to ${rates.inputRate / 2000} kHz`;
  const drawing = new Drawing(LEFT + STEP.x * COLUMNS, title);
  drawing.text(20, 28, title, { size: 16, isBold: true });
  drawing.text(
    20,
    48,
    rates.inputRate > rates.outputRate
      ? "The tone leaves through the top; whatever is seen after that is false."
      : "One rising line is the tone; whatever else is seen is false.",
    { colour: "soft" },
  );
  const scaleX = LEFT + STEP.x * COLUMNS - 250;
  drawing.image(scaleX, 20, 160, 10, scalePicture());
  drawing.text(scaleX - 6, 29, `${LOWEST_DB} dB`.replace("-", "\u2212"), {
    colour: "soft",
    size: 11,
    anchor: "end",
  });
  drawing.text(scaleX + 166, 29, "0 dB", { colour: "soft", size: 11 });
  for (const [i, subject] of subjects.entries()) {
    const x = LEFT + (i % COLUMNS) * STEP.x;
    const y = TOP + Math.floor(i / COLUMNS) * STEP.y;
    const { width, height } = PICTURE;
    const isOurs = subject.contender.kind === "ours";
    drawing.text(x, y - 22, nameOfSubject(subject), { size: 13, isBold: isOurs });
    drawing.text(x, y - 7, note(subject), { colour: "soft", size: 11 });
    drawing.image(x, y, width, height, await sweepPicture(subject.contender, rates, width, height));
    const halfRate = rates.outputRate / 2000;
    drawing.text(x - 5, y + 9, String(halfRate), { colour: "soft", size: 11, anchor: "end" });
    drawing.text(x - 5, y + height / 2 + 4, "kHz", { colour: "soft", size: 11, anchor: "end" });
    drawing.text(x - 5, y + height, "0", { colour: "soft", size: 11, anchor: "end" });
    const highest = rates.inputRate / 2000;
    drawing.text(x, y + height + 14, "in: 0 kHz", { colour: "soft", size: 11 });
    drawing.text(x + width, y + height + 14, `${highest} kHz`, { colour: "soft", size: 11, anchor: "end" });
  }
  return drawing.toSvg(TOP + rows * STEP.y - 30);
}

function note({ line }: Subject): string {
  return `outside 0.9 to 1.1 Nyquist ${line.rejectionFrom11Db.toFixed(0)} dB down`;
}
