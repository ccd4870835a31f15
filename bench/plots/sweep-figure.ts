/** Sweeps side by side: one bright line is the tone, everything else is what the converter adds. */
import type { Rates } from "../resample/contender.ts";
import { nameOf } from "../resample/rates.ts";
import { LOWEST_DB, scalePicture, sweepPicture } from "./spectrogram.ts";
import type { Subject } from "./subject-style.ts";
import { nameOfSubject } from "./subject-style.ts";
import { Drawing } from "./svg.ts";

/** Up to six go in rows of three, more in rows of four smaller ones. */
const WIDE = { columns: 3, picture: { width: 264, height: 132 }, step: { x: 294, y: 198 } };
const NARROW = { columns: 4, picture: { width: 190, height: 120 }, step: { x: 222, y: 186 } };
const LEFT = 52;
const TOP = 112;

export async function drawSweeps(subjects: readonly Subject[], rates: Rates): Promise<string> {
  const { columns, picture, step } = subjects.length > 6 ? NARROW : WIDE;
  const rows = Math.ceil(subjects.length / columns);
  const title = `${nameOf(rates)} kHz: a tone swept from 0 to ${rates.inputRate / 2000} kHz`;
  const drawing = new Drawing(LEFT + step.x * columns, title);
  drawing.text(20, 28, title, { size: 16, isBold: true });
  drawing.text(
    20,
    48,
    `${
      rates.inputRate > rates.outputRate
        ? "The tone leaves through the top; whatever is seen after that is false."
        : "One rising line is the tone; whatever else is seen is false."
    } The figures leave out 0.9 to 1.1 Nyquist.`,
    { colour: "soft" },
  );
  const scaleX = LEFT + step.x * columns - 250;
  drawing.image(scaleX, 20, 160, 10, scalePicture());
  drawing.text(scaleX - 6, 29, `${LOWEST_DB} dB`.replace("-", "\u2212"), {
    colour: "soft",
    size: 11,
    anchor: "end",
  });
  drawing.text(scaleX + 166, 29, "0 dB", { colour: "soft", size: 11 });
  for (const [i, subject] of subjects.entries()) {
    const x = LEFT + (i % columns) * step.x;
    const y = TOP + Math.floor(i / columns) * step.y;
    const { width, height } = picture;
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
  return drawing.toSvg(TOP + rows * step.y - 30);
}

function note({ line }: Subject): string {
  return `false tones ${line.rejectionFrom11Db.toFixed(0)} dB down`;
}
