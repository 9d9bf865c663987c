/** What browsers have and TypeScript's description of them lacks. */

interface Navigator {
  readonly connection?: { readonly saveData?: boolean };
  readonly globalPrivacyControl?: boolean;
}

interface Window {
  /** Where older browsers say what `navigator.doNotTrack` says in others. */
  readonly doNotTrack?: string | null;
  /** The swarm's page, for what measures it: whether it is drawn, and how many frames were. */
  __ready?: boolean;
  __frames?: number;
}
