/** Programs in other languages; each throws an Error of one line where it cannot be built. */
export function goProgram(place: string, source: string, modules: readonly string[]): string;
export function rustProgram(place: string, source: string, dependencies: string): string;
export function bunProgram(place: string): string;
