/** In the place of minimum-filter.ts in a page's worker, whose kernels have no minimum phase, and which asks for none. */

export const MINIMUM_PHASE: readonly number[] = [];
