#!/usr/bin/env python3
"""Designs the filters of the `voice` resampler and prints src/dsp/resampler/filters.ts. Needs numpy and scipy; not part
of the build.

  python3 scripts/design-voice-filters.py > src/dsp/resampler/filters.ts
  python3 scripts/design-voice-filters.py minimum > src/dsp/resampler/minimum-filter.ts && npx biome check --write src/dsp/resampler

The half-band: equiripple (Parks-McClellan) on [0, 0.45] of the lower rate, at twice that rate.

The bank's prototype: a continuous impulse response h(t) = sum over k of a[k] cos(2 pi k t / D) on |t| < D/2, t in periods
of the lower rate. The a[k] come from a linear programme: keep within `ripple` of 1 up to 0.45, and be as small as can be
where the half-band leaves something: around the multiples of twice the lower rate (there weighted by the half-band's own
response), falling with the square root of the band's number, since all of these fold into one band. Between those bands the
half-band does the work, so there h only must not amplify.

Drift between equal rates and at 2:1 and 1:2 has no bank to put it in. It gets one that leaves samples as they are where no
time passes between them: h also 0 at every multiple of half a period but 0, flat to 0.55. All that drifts has a half-band
of its own, longer and 8 dB better.
"""
import sys

import numpy as np
from scipy.optimize import linprog
from scipy.signal import remez

PAIRS, DRIFT_PAIRS = 32, 35
PASS, STOP = 0.45, 0.55
BANDS = 14
# periods of the lower rate, largest deviation from 1 in the pass band
PROTOTYPES = ((14 / 3, 0.003), (5, 0.0015), (16 / 3, 0.0006), (6, 0.00005))
INTERPOLATOR = 8  # periods of the lower rate
MINIMUM_TAPS, STOP_WEIGHT = 90, 1650


def half_band(pairs):
    return remez(2 * pairs, [0, PASS], [1], fs=1, grid_density=64, maxiter=300)[pairs:]


def prototype(duration, ripple, twice):
    orders = np.arange(int(3.6 * duration) + 1)
    half_band_gain = lambda f: np.abs(0.5 + sum(twice[k] * np.cos((2 * k + 1) * np.pi * f) for k in range(PAIRS)))
    response = lambda f: duration / 2 * (np.sinc(duration * f[:, None] - orders) + np.sinc(duration * f[:, None] + orders))
    offsets = np.linspace(-STOP, STOP, 80)
    weight = np.where(np.abs(offsets) > 0.5, 2 * half_band_gain(np.abs(offsets)), 1)
    passed = response(np.linspace(0, PASS, 120)) * 1e3
    stopped = np.vstack([response(2 * b + offsets) * (weight * b**0.5)[:, None] for b in range(1, BANDS + 1)]) * 1e5
    free = np.vstack([response(np.linspace(2 * b + STOP, 2 * b + 2 - STOP, 30)) for b in range(BANDS)])
    pad = lambda rows, level: np.hstack([rows, np.full((len(rows), 1), level)])
    limits = [
        (pad(passed, 0), (1 + ripple) * 1e3),
        (pad(-passed, 0), (-1 + ripple) * 1e3),
        (pad(stopped, -1), 0),
        (pad(-stopped, -1), 0),
        (pad(free, 0), 1.2),
        (pad(-free, 0), 1.2),
    ]
    solved = linprog(
        np.r_[np.zeros(len(orders)), 1],
        A_ub=np.vstack([rows for rows, _ in limits]),
        b_ub=np.concatenate([np.full(len(rows), bound) for rows, bound in limits]),
        A_eq=pad(np.cos(np.pi * orders)[None] * 1e3, 0),  # h is 0 at its ends
        b_eq=[0],
        bounds=[(None, None)] * len(orders) + [(0, None)],
        method="highs-ds",
        options=dict(primal_feasibility_tolerance=1e-9, dual_feasibility_tolerance=1e-9),
    )
    if solved.status != 0:
        raise SystemExit(solved.message)
    return solved.x[:-1], 20 * np.log10(solved.x[-1] * 1e-5)


def interpolator(duration):
    orders = np.arange(int(3 * duration) + 1)
    response = lambda f: duration / 2 * (np.sinc(duration * f[:, None] - orders) + np.sinc(duration * f[:, None] + orders))
    offsets = np.linspace(-STOP, STOP, 120)
    stopped = np.vstack([response(2 * b + offsets) * b**0.5 for b in range(1, BANDS + 1)]) * 1e5
    passed = response(np.linspace(0, STOP, 120)) * 1e5
    pad = lambda rows: np.hstack([rows, np.full((len(rows), 1), -1)])
    instants = np.arange(0, duration + 1)  # half periods
    solved = linprog(
        np.r_[np.zeros(len(orders)), 1],
        A_ub=np.vstack([pad(stopped), pad(-stopped), pad(passed), pad(-passed)]),
        b_ub=np.concatenate([np.zeros(2 * len(stopped)), np.full(len(passed), 1e5), np.full(len(passed), -1e5)]),
        A_eq=np.hstack([np.cos(np.pi * instants[:, None] / duration * orders) * 1e3, np.zeros((len(instants), 1))]),
        b_eq=np.r_[2e3, np.zeros(len(instants) - 1)],
        bounds=[(None, None)] * len(orders) + [(0, None)],
        method="highs-ds",
        options=dict(primal_feasibility_tolerance=1e-9, dual_feasibility_tolerance=1e-9),
    )
    if solved.status != 0:
        raise SystemExit(solved.message)
    return solved.x[:-1], 20 * np.log10(solved.x[-1] * 1e-5)


def minimum_phase():
    taps = remez(MINIMUM_TAPS, [0, PASS, STOP, 1], [1, 0], weight=[1, STOP_WEIGHT], fs=2, grid_density=64, maxiter=300)
    zeros = np.roots(taps)
    left = list(np.where(np.abs(zeros) > 1.0001, 1 / np.conj(zeros), zeros))
    # multiplied out in Leja's order, which keeps the rounding errors small
    factored = np.ones(1, complex)
    taken = []
    while left:
        distances = [sum(np.log(abs(z - t) + 1e-300) for t in taken) if taken else abs(z) for z in left]
        taken.append(left.pop(int(np.argmax(distances))))
        factored = np.convolve(factored, [1, -taken[-1]])
    factored = factored.real * taps.sum() / factored.real.sum()
    response = lambda f: np.abs(np.exp(-1j * np.pi * np.outer(f, np.arange(MINIMUM_TAPS))) @ np.float32(factored))
    passed = 20 * np.log10(response(np.linspace(0, PASS, 4000)))
    return factored, np.abs(passed).max(), 20 * np.log10(response(np.linspace(STOP, 1, 4000)).max())


def scaled(values):
    """Eight decimals: float32 rounds the large ones off by more, and a page downloads every digit."""
    return "scaled([" + ", ".join(str(round(float(value) * 1e8)) for value in values) + "])"


def print_half_band(name, twice, where):
    angle = np.linspace(0, PASS * np.pi, 20000)
    error = sum(np.float32(c) * np.cos((2 * k + 1) * angle) for k, c in enumerate(twice)) - 0.5
    print("/**")
    print(f" * The half-band at twice the lower rate, {where}: twice the coefficients at distance 1, 3, 5 ... from the")
    print(f" * middle. Off by {20 * np.log10(np.abs(error).max()):.1f} dB at most, below {2 * PASS:.4g} and above {2 - 2 * PASS:.4g} of the lower rate's Nyquist frequency.\n */")
    print(f"export const {name}: readonly number[] = {scaled(twice)};\n")


def main():
    twice = half_band(PAIRS)
    print("/**\n * Filters of the `voice` resampler, designed by scripts/design-voice-filters.py (which says how). Not for editing.\n */")
    print('import { type Prototype, scaled } from "./prototype.ts";\n')
    print_half_band("HALF_BAND", twice, "for every ratio")
    print_half_band("DRIFT_HALF_BAND", half_band(DRIFT_PAIRS), "for drift")
    print("/** From short to long. Each passes 0.45 of the lower rate and stops the images and aliases that the half-band leaves. */")
    print("export const PROTOTYPES: readonly Prototype[] = [")
    for duration, ripple in PROTOTYPES:
        cosines, stop = prototype(duration, ripple, twice)
        print(f"  // pass band within {20 * np.log10(1 + ripple):.4f} dB, first stop band {stop:.1f} dB")
        print(f"  {{ duration: {duration!r}, cosines: {scaled(cosines)} }},")
    print("];\n")
    cosines, error = interpolator(INTERPOLATOR)
    print("/**\n * For drift where there is no bank: 0 at every half period but 0. Off by " + f"{error:.1f} dB below 0.55 and above 1.45 of the lower rate.\n */")
    print(f"export const INTERPOLATOR: Prototype = {{ duration: {INTERPOLATOR}, cosines: {scaled(cosines)} }};")



def print_minimum():
    print("/**\n * Minimum phase for the `voice` resampler, designed by scripts/design-voice-filters.py (which says how). Not for editing.\n */")
    print('import { scaled } from "./prototype.ts";\n')
    taps, ripple, stop = minimum_phase()
    print("/**\n * Minimum phase on the same bands at twice the lower rate, all coefficients in order: within")
    print(f" * {ripple:.3f} dB below 0.9, {stop:.1f} dB above 1.1 of the lower rate's Nyquist frequency.\n */")
    print(f"export const MINIMUM_PHASE: readonly number[] = {scaled(taps)};")


print_minimum() if sys.argv[1:] == ["minimum"] else main()
