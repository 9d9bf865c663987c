/** wheel.js is written by the builder. */
export const STUDIO: { wheel: string; editor: string; digests: Record<string, string> };
