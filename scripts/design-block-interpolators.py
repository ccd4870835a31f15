#!/usr/bin/env python3
"""Designs the interpolators of the `high` and `best` resamplers and prints src/dsp/resampler/interpolator-filters.ts. Needs
numpy and scipy; not part of the build.

  python3 scripts/design-block-interpolators.py > src/dsp/resampler/interpolator-filters.ts && npx biome check --write src/dsp/resampler

Each is a continuous impulse response h(t) = sum over k of a[k] cos(2 pi k t / D) on |t| < D/2, t in periods of the lower
rate, beside blocks that change the rate by a whole factor. The a[k] come from a linear programme: keep within `ripple` of 1
up to half the lower rate, and be as small as can be where the blocks leave something, within half the lower rate of each
multiple of the factor; near the edges of these bands, and of the pass band, the blocks' own filter helps. Between them there
is nothing to stop, so there h only must not amplify.
"""
import re
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

BANDS = 12
# what design-band-filter.py has written
COEFFICIENTS = Path(__file__).parent.parent / "src/dsp/resampler/band-coefficients.ts"
# name, filter, factor, periods of the lower rate, ripple, cosines to a period, scale of the smallest numbers, decimals
DESIGNS = (
    ("SINGLE_BY_TWO", "SINGLE", 2, 8, 1e-6, 3.2, 1e6, 10),
    ("SINGLE_BY_THREE", "SINGLE", 3, 4, 1e-6, 5, 1e6, 10),
    ("DOUBLE_BY_TWO", "DOUBLE", 2, 9.75, 1e-7, 3.2, 1e7, 12),
    ("DOUBLE_BY_THREE", "DOUBLE", 3, 14 / 3, 1e-7, 5, 1e7, 12),
)


def tabled():
    taps = np.array([float(number) for number in re.findall(r"-?\d\.[\de-]+", COEFFICIENTS.read_text().split("= [")[1])])
    return lambda frequency: taps[0] + 2 * np.cos(np.pi * np.outer(frequency, np.arange(1, len(taps)))) @ taps[1:]


def kaiser(edge, attenuation):
    rate, stop = 4, 0.5
    half = int(np.ceil((attenuation - 7.95) / (14.36 * (stop - edge) / rate) / 2))
    k = np.arange(half + 1)
    window = np.i0(0.1102 * (attenuation - 8.7) * np.sqrt(1 - (k / (half + 0.5)) ** 2))
    taps = np.sinc((edge + stop) / rate * k) * window
    taps /= taps[0] + 2 * taps[1:].sum()
    return lambda frequency: taps[0] + 2 * np.cos(2 * np.pi / rate * np.outer(frequency, k[1:])) @ taps[1:]


# of the blocks' filters, as precision.ts has them
GAINS = {"SINGLE": tabled(), "DOUBLE": kaiser(0.913 / 2, 169)}


def interpolator(filter_name, factor, duration, ripple, cosines_to_a_period, scale):
    orders = np.arange(int(cosines_to_a_period * duration) + 1)
    response = lambda f: duration / 2 * (np.sinc(duration * f[:, None] - orders) + np.sinc(duration * f[:, None] + orders))
    weight = lambda f: np.maximum(np.abs(GAINS[filter_name](np.abs(f))), 1e-4)
    offsets = np.linspace(-0.5, 0.5, 141)
    kept = np.linspace(0, 0.5, 100)
    passed = response(kept) * weight(kept)[:, None] * 1e6
    one = weight(kept) * 1e6
    stopped = np.vstack([response(factor * b + offsets) * (weight(offsets) * b**0.5)[:, None] for b in range(1, BANDS + 1)]) * scale
    free = np.vstack([response(np.linspace(factor * b + 0.5, factor * (b + 1) - 0.5, 24)) for b in range(BANDS)])
    pad = lambda rows, level: np.hstack([rows, np.full((len(rows), 1), level)])
    limits = [
        (pad(passed, 0), (1 + ripple) * one),
        (pad(-passed, 0), (-1 + ripple) * one),
        (pad(stopped, -1), np.zeros(len(stopped))),
        (pad(-stopped, -1), np.zeros(len(stopped))),
        (pad(free, 0), np.full(len(free), 1.2)),
        (pad(-free, 0), np.full(len(free), 1.2)),
    ]
    solved = linprog(
        np.r_[np.zeros(len(orders)), 1],
        A_ub=np.vstack([rows for rows, _ in limits]),
        b_ub=np.concatenate([bounds for _, bounds in limits]),
        A_eq=pad(np.cos(np.pi * orders)[None] * 1e3, 0),  # h is 0 at its ends
        b_eq=[0],
        bounds=[(None, None)] * len(orders) + [(0, None)],
        method="highs-ds",
        options=dict(primal_feasibility_tolerance=1e-10, dual_feasibility_tolerance=1e-10),
    )
    if solved.status != 0:
        raise SystemExit(solved.message)
    return solved.x[:-1], 20 * np.log10(solved.x[-1] / scale)


def main():
    print("/**\n * Interpolators of the resamplers that work in blocks, designed by scripts/design-block-interpolators.py (which says how).")
    print(" * Not for editing.\n */")
    print('import type { Prototype } from "./prototype.ts";\n')
    for name, filter_name, factor, duration, ripple, cosines_to_a_period, scale, digits in DESIGNS:
        cosines, stop = interpolator(filter_name, factor, duration, ripple, cosines_to_a_period, scale)
        print(f"/** Beside blocks of 1:{factor}: within {ripple:g} of 1, first stop band {stop:.1f} dB. */")
        print(f"export const {name}: Prototype = {{ duration: {duration!r}, cosines: [" + ", ".join(f"{c:.{digits}f}".rstrip("0") for c in cosines) + "] };\n")


main()
