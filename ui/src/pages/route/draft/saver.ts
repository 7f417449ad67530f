/**
 * Sends the document, one request at a time. Whatever changes while one is under way goes with the next, which carries the ETag of
 * the one before: a lone writer never meets himself.
 */
import { asProblem, Problem } from "@/api/problem";
import type { Doc } from "@/graph/document";
import type { DraftState, Read, Server } from "./state";

type Told = {
  readonly server: Pick<Server, "read" | "write">;
  readonly now: () => DraftState;
  readonly saving: () => void;
  readonly saved: (doc: Doc, read: Read) => void;
  readonly stale: (theirs: Read) => void;
  readonly failed: (problem: Problem) => void;
};

/** After the last change; and at most after the first one that is not sent. */
export const PAUSE = 600;
const LATEST = 3000;
/** Between attempts while the server is away. */
const AGAIN = 4000;

export class Saver {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private first: number | undefined;
  private under: Promise<void> | undefined;
  private readonly told: Told;

  constructor(told: Told) {
    this.told = told;
  }

  soon(): void {
    const now = Date.now();
    this.first ??= now;
    this.plan(Math.max(0, Math.min(PAUSE, this.first + LATEST - now)));
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.first = undefined;
  }

  stop(): void {
    this.cancel();
  }

  /** Now, and once more when something changed meanwhile. */
  async flush(): Promise<void> {
    this.cancel();
    if (this.under !== undefined) {
      await this.under;
      if (this.told.now().save !== "unsaved") return;
      this.cancel();
    }
    const { save } = this.told.now();
    if (save !== "unsaved" && save !== "offline") return;
    this.under = this.send();
    await this.under;
  }

  private plan(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), after);
  }

  private async send(): Promise<void> {
    const { document, readOnly, conflict } = this.told.now();
    if (readOnly || conflict !== undefined) return;
    this.told.saving();
    let problem: Problem;
    try {
      const read = await this.told.server.write(document, () => this.told.now().etag);
      this.under = undefined;
      this.told.saved(document, read);
      return;
    } catch (thrown) {
      problem = asProblem(thrown);
    }
    if (problem.stale) problem = (await this.meet()) ?? problem;
    this.under = undefined;
    if (problem.stale) return;
    this.told.failed(problem);
    if (problem.kind === "network" || problem.status >= 500 || problem.status === 429) this.plan(AGAIN);
  }

  /** What the others saved; a problem when that cannot be had either. */
  private async meet(): Promise<Problem | undefined> {
    try {
      const theirs = await this.told.server.read();
      if (theirs === undefined) return new Problem("refused", 404, "The draft is gone.");
      this.under = undefined;
      this.told.stale(theirs);
      return undefined;
    } catch (thrown) {
      return asProblem(thrown);
    }
  }
}
