/** Asks what is wrong with the document as it is typed: of several questions only the last one's answer counts. */
import { asProblem } from "@/api/problem";
import type { Doc } from "@/graph/document";
import { type Problems, place } from "@/graph/problems";
import type { Server } from "./state";

const PAUSE = 250;

export class Checker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private under: AbortController | undefined;
  private readonly check: Server["check"];
  private readonly told: (problems: Problems) => void;

  constructor(check: Server["check"], told: (problems: Problems) => void) {
    this.check = check;
    this.told = told;
  }

  ask(doc: Doc): void {
    this.stop();
    this.timer = setTimeout(() => void this.send(doc), PAUSE);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.under?.abort();
  }

  private async send(doc: Doc): Promise<void> {
    const under = new AbortController();
    this.under = under;
    try {
      const problems = await this.check(doc, under.signal);
      if (!under.signal.aborted) this.told(problems);
    } catch (thrown) {
      // Refused as no graph at all: the entries say where. Anything else is told by the save, which meets it too.
      const { entries } = asProblem(thrown);
      if (!under.signal.aborted && entries.some((it) => it.problem)) this.told(place(doc, entries));
    }
  }
}
