/** What went wrong with a request, in the server's words where it said some. */
import type { components } from "./schema";

export type Entry = components["schemas"]["Entry"];

/** `network`: no answer came. `refused`: the server said why. `unreadable`: an answer that is not the API's. */
export type ProblemKind = "network" | "refused" | "unreadable";

export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly entries: readonly Entry[];
  /** The current ETag that a 412 tells. */
  readonly etag: string | undefined;

  constructor(
    kind: ProblemKind,
    status: number,
    message: string,
    entries: readonly Entry[] = [],
    etag?: string,
  ) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.entries = entries;
    this.etag = etag;
  }

  /** The first entry's number (`docs/errors.md`). */
  get code(): number | undefined {
    return this.entries[0]?.code;
  }

  /** Somebody else changed it in the meantime. */
  get stale(): boolean {
    return this.status === 412;
  }

  /** Sentences about one field, by its JSON pointer below the body (`/name`), or about something inside it. */
  at(pointer: string): readonly string[] {
    return this.entries.filter((it) => within(it.source?.pointer, pointer)).map((it) => it.message);
  }

  /** Sentences that belong to none of these fields: they are shown above the form. */
  besides(pointers: readonly string[]): readonly string[] {
    if (this.entries.length === 0) return [this.message];
    return this.entries
      .filter((it) => !pointers.some((pointer) => within(it.source?.pointer, pointer)))
      .map((it) => it.message);
  }
}

function within(found: string | undefined, pointer: string): boolean {
  return found !== undefined && (found === pointer || found.startsWith(`${pointer}/`));
}

/** Any thrown value as something to show. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem("unreadable", 0, thrown instanceof Error ? thrown.message : String(thrown));
}
