/**
 * In the place of arguments.ts in scripts whose every call of the wrappers is this package's own: in the client's worker
 * nobody else has a core to call.
 */

export function expectInt16(): void {}

export function expectFloat32(): void {}

export function expectBytes(): void {}

export function expectDsp(): void {}

export function expectSamples(): void {}

export function expectRoom(): void {}
