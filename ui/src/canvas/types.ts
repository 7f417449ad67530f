/** What a canvas is told, and what it tells. */
import type { Mark } from "@/graph/diff";
import type { Key } from "@/graph/document";

/** Outputs are named by `edgeId`; one that leads nowhere can be selected too. */
export type Selection = { readonly elements: ReadonlySet<Key>; readonly edges: ReadonlySet<string> };

export const NOTHING: Selection = { elements: new Set(), edges: new Set() };

export function only(...elements: Key[]): Selection {
  return { elements: new Set(elements), edges: new Set() };
}

/** What was walked: it is lit, and all else is dimmed. `edges` by `edgeId`. */
export type Highlight = { readonly elements: ReadonlySet<Key>; readonly edges: ReadonlySet<string> };

/** What an edge or an element carries: live traffic, draws of a simulation. */
export type Figure = {
  /** 0 to 1: how thick an edge is. */
  readonly weight?: number;
  /** Stands on the edge, or below the element. Short. */
  readonly label?: string;
  /** Everything, in a sentence, for the pointer and for screen readers. */
  readonly title?: string;
  readonly tone?: "good" | "warn" | "bad";
};

export type { Mark };
export type Marks = { readonly elements: ReadonlyMap<Key, Mark>; readonly edges: ReadonlyMap<string, Mark> };
