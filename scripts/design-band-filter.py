#!/usr/bin/env python3
"""Designs the low-pass filter of the `high` resampler and prints src/dsp/resampler/band-coefficients.ts. Needs numpy and
scipy; not part of the build.

  python3 scripts/design-band-filter.py > src/dsp/resampler/band-coefficients.ts && npx biome check --write src/dsp/resampler

At twice the lower rate; frequencies are in units of the lower rate. A linear programme: as little as can be from STOP on, where
 - up to FLAT it is off from 1 by RIPPLE at most: from peak to peak 0.00004 dB,
 - from there to NEAR by NEAR_RIPPLE at most,
 - and from there to EDGE it is above -EDGE_DB.
A sinc in a window is as exact in its pass band as it is quiet in its stop band, and an equiripple filter as exact at EDGE as at
0: to ask for less of either makes the filter an eighth shorter than the former.
"""
import numpy as np
from scipy.optimize import linprog

HALF_LENGTH = 190
FLAT, RIPPLE = 0.45, 2e-6
NEAR, NEAR_RIPPLE = 0.455, 1e-4
EDGE, EDGE_DB = 0.466, 0.097
STOP = 0.5
DIGITS = 10
# of the programme: what is small in the bands is not to be small in its numbers
PASS_SCALE, STOP_SCALE = 1e6, 1e7


def rows(frequencies):
    k = np.arange(HALF_LENGTH + 1)
    return np.where(k == 0, 1, 2) * np.cos(np.pi * np.outer(frequencies, k))


def design():
    flat = rows(np.r_[np.linspace(0, FLAT - 0.01, int(FLAT * 5 * HALF_LENGTH)), np.linspace(FLAT - 0.01, FLAT, 60)]) * PASS_SCALE
    near = rows(np.linspace(FLAT, NEAR, 25)) * PASS_SCALE
    edge = rows(np.linspace(NEAR, EDGE, 20)) * 100
    stop = rows(np.r_[STOP + 0.03 * np.linspace(0, 1, 160) ** 1.5, np.linspace(STOP + 0.031, 1, int(2.1 * HALF_LENGTH))]) * STOP_SCALE
    pad = lambda part, level: np.hstack([part, np.full((len(part), 1), level)])
    limits = [
        (pad(flat, 0), (1 + RIPPLE) * PASS_SCALE),
        (pad(-flat, 0), (-1 + RIPPLE) * PASS_SCALE),
        (pad(near, 0), (1 + NEAR_RIPPLE) * PASS_SCALE),
        (pad(-near, 0), (-1 + NEAR_RIPPLE) * PASS_SCALE),
        (pad(edge, 0), (1 + NEAR_RIPPLE) * 100),
        (pad(-edge, 0), -(10 ** (-EDGE_DB / 20)) * 100),
        (pad(stop, -1), 0),
        (pad(-stop, -1), 0),
    ]
    solved = linprog(
        np.r_[np.zeros(HALF_LENGTH + 1), 1],
        A_ub=np.vstack([part for part, _ in limits]),
        b_ub=np.concatenate([np.full(len(part), bound) for part, bound in limits]),
        bounds=[(None, None)] * (HALF_LENGTH + 1) + [(0, None)],
        method="highs-ds",
        options=dict(primal_feasibility_tolerance=1e-10, dual_feasibility_tolerance=1e-10),
    )
    if solved.status != 0:
        raise SystemExit(solved.message)
    return np.round(solved.x[:-1], DIGITS)


def main():
    coefficients = design()
    gain = lambda low, high: rows(np.linspace(low, high, 20000)) @ coefficients
    ripple = 20 * np.log10(1 + np.abs(gain(0, FLAT) - 1).max())
    falling = np.linspace(FLAT, STOP, 20000)
    edge = 2 * falling[np.argmax(rows(falling) @ coefficients < 10 ** (-0.1 / 20))]
    stop = 20 * np.log10(np.abs(gain(STOP, 1)).max())
    print("/** The `high` resampler's low-pass filter, designed by scripts/design-band-filter.py (which says how). Not for editing. */\n")
    print("/**\n * At twice the lower rate, from the middle on. In shares of the lower rate's Nyquist frequency: within")
    print(f" * {ripple:.6f} dB up to {2 * FLAT:g}, -0.1 dB at {edge:.4f}, {stop:.1f} dB from {2 * STOP:g} on.\n */")
    print("export const BAND_COEFFICIENTS: readonly number[] = [" + ", ".join(repr(float(c) + 0.0) for c in coefficients) + "];")


main()
