/** What builder/offline.py writes: a name, SHA-256 by path (as in SRI), what only this release's page has in it, the decoder's path. */
export const RELEASE: { name: string; files: Record<string, string>; page_names: string; unpacker: string };
