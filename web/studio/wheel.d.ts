/** wheel.js is written by the builder. */
export const STUDIO: { wheel: string; digests: Record<string, string> };
