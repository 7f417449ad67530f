import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { only } from "@/canvas/types";
import { type Doc, find } from "@/graph/document";
import { add, setProperty } from "@/graph/edit";
import { merge } from "@/graph/merge";
import { place } from "@/graph/problems";
import { sample } from "@/test/documents";
import type { Keep, Kept } from "./keep";
import type { Read, Server } from "./state";
import { DraftStore } from "./store";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const none = place([], []);
const limit = (n: number) => (doc: Doc) => setProperty(doc, "big", "timeout", n);

/** One draft, as the server keeps it: every write has another ETag, a stale one is a 412, and so is none where there is a draft. */
class Desk {
  doc: Doc | undefined;
  version = 0;
  away = false;
  writes: { doc: Doc; etag: string | undefined }[] = [];
  hold: Promise<void> | undefined;

  constructor(doc?: Doc) {
    this.doc = doc;
    this.version = doc === undefined ? 0 : 1;
  }

  get etag(): string | undefined {
    return this.doc === undefined ? undefined : `"${this.version}"`;
  }

  server(): Server {
    const said = (doc: Doc): Read => ({ doc, etag: this.etag, problems: none, by: "somebody" });
    return {
      read: async () => {
        if (this.away) throw new Problem("network", 0, "away");
        return this.doc === undefined ? undefined : said(this.doc);
      },
      write: async (doc, etag) => {
        const sent = etag();
        await this.hold;
        if (this.away) throw new Problem("network", 0, "away");
        this.writes.push({ doc, etag: sent });
        if (sent !== this.etag) throw new Problem("refused", 412, "stale");
        this.version += 1;
        this.doc = doc;
        return said(doc);
      },
      check: async () => none,
    };
  }
}

const time = "2026-11-26T10:00:00Z";

function memory(kept?: Kept): Keep & { now: () => Kept | undefined } {
  let value = kept;
  return {
    read: () => value,
    write: (it) => {
      value = { ...it, time };
      return true;
    },
    clear: () => {
      value = undefined;
    },
    now: () => value,
  };
}

async function open(desk: Desk, keep: Keep = memory(), readOnly = false) {
  const server = desk.server();
  const there = await server.read().catch(() => undefined);
  const read = there ?? { doc: sample, etag: undefined, problems: none, by: undefined };
  return new DraftStore({ server, read, readOnly, keep });
}

const change = (store: DraftStore, edit: (doc: Doc) => Doc) =>
  store.dispatch({ type: "change", label: "test", change: edit });
const later = (ms = 10_000) => vi.advanceTimersByTimeAsync(ms);

describe("saving", () => {
  it("changes in a row are one save, under the ETag of the draft", async () => {
    const desk = new Desk(sample);
    const store = await open(desk);
    change(store, limit(1));
    change(store, limit(2));
    expect(store.get().save).toBe("unsaved");
    await later();
    expect(desk.writes.map((it) => it.etag)).toEqual(['"1"']);
    expect(desk.doc).toEqual(limit(2)(sample));
    expect(store.get().save).toBe("saved");
  });

  it("what changes while a save is under way goes with the next, under its ETag: a lone writer meets no conflict", async () => {
    const desk = new Desk(sample);
    const store = await open(desk);
    let release = () => {};
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    change(store, limit(1));
    await later(1000);
    expect(store.get().save).toBe("saving");
    change(store, limit(2));
    change(store, limit(3));
    release();
    await later();
    expect(desk.writes.map((it) => it.etag)).toEqual(['"1"', '"2"']);
    expect(desk.doc).toEqual(limit(3)(sample));
    expect([store.get().save, store.get().conflict]).toEqual(["saved", undefined]);
  });

  it("one who never pauses is saved nevertheless", async () => {
    const desk = new Desk(sample);
    const store = await open(desk);
    for (let n = 0; n < 20; n += 1) {
      change(store, limit(n));
      await later(300);
    }
    expect(desk.writes.length).toBeGreaterThan(0);
  });

  it("undone to what is saved is saved", async () => {
    const desk = new Desk(sample);
    const keep = memory();
    const store = await open(desk, keep);
    change(store, limit(1));
    store.dispatch({ type: "undo" });
    await later();
    expect([store.get().save, desk.writes.length, keep.now()]).toEqual(["saved", 0, undefined]);
  });

  it("away it is kept in the tab, and sent when the server is back", async () => {
    const desk = new Desk(sample);
    const keep = memory();
    const store = await open(desk, keep);
    desk.away = true;
    change(store, limit(1));
    await later();
    expect(store.get().save).toBe("offline");
    expect(keep.now()?.document).toEqual(limit(1)(sample));
    desk.away = false;
    await later();
    expect([store.get().save, desk.doc, keep.now()]).toEqual(["saved", limit(1)(sample), undefined]);
  });

  it("undone away, back to what is saved, sends nothing and is saved", async () => {
    const desk = new Desk(sample);
    const store = await open(desk);
    desk.away = true;
    change(store, limit(1));
    await later(1000);
    store.dispatch({ type: "undo" });
    expect(store.get().save).toBe("saved");
  });

  it("a read token changes nothing", async () => {
    const desk = new Desk(sample);
    const store = await open(desk, memory(), true);
    change(store, limit(1));
    await later();
    expect([store.get().document, desk.writes.length]).toEqual([sample, 0]);
  });
});

describe("two at one draft", () => {
  it("a stale save opens a conflict, and nothing is overwritten", async () => {
    const desk = new Desk(sample);
    const [mine, theirs] = [await open(desk), await open(desk)];
    change(theirs, (doc) => add(doc, "end", { x: 0, y: 0 }).doc);
    await later();
    change(mine, limit(7));
    await later();
    expect(mine.get().save).toBe("conflict");
    expect(desk.doc).toEqual(theirs.get().document);
    const conflict = mine.get().conflict;
    expect(conflict?.base).toEqual(sample);
    mine.resolve(merge(sample, mine.get().document, conflict?.theirs ?? []).doc());
    await later();
    expect(mine.get().save).toBe("saved");
    expect(find(desk.doc ?? [], "end")).toBeDefined();
    expect(find(desk.doc ?? [], "big")?.properties).toMatchObject({ timeout: 7 });
  });

  it("a draft that another made first is met too, though there was no ETag", async () => {
    const desk = new Desk();
    const [mine, theirs] = [await open(desk), await open(desk)];
    change(theirs, limit(1));
    await later();
    change(mine, limit(2));
    await later();
    expect(mine.get().save).toBe("conflict");
    expect(desk.doc).toEqual(limit(1)(sample));
  });

  it("of two who make the first draft at the same moment one is told, and nothing is overwritten", async () => {
    const desk = new Desk();
    const both = [await open(desk), await open(desk)] as const;
    both.forEach((store, n) => void change(store, limit(n)));
    await later();
    expect(both.map((it) => it.get().save)).toEqual(["saved", "conflict"]);
    expect(desk.doc).toEqual(limit(0)(sample));
  });

  it("the same change on both sides is no conflict", async () => {
    const desk = new Desk(sample);
    const [mine, theirs] = [await open(desk), await open(desk)];
    change(theirs, limit(1));
    await later();
    change(mine, limit(1));
    await later();
    expect(mine.get().save).toBe("saved");
  });

  it("coming back shows what was saved elsewhere, when nothing here is unsaved, and it can be undone", async () => {
    const desk = new Desk(sample);
    const [mine, theirs] = [await open(desk), await open(desk)];
    change(theirs, limit(1));
    await later();
    await mine.refresh();
    expect(mine.get().document).toEqual(limit(1)(sample));
    expect(mine.get().undo).toBe("changes saved elsewhere");
  });
});

describe("restoring", () => {
  it("what was not saved is there after a reload, and saved", async () => {
    const desk = new Desk(sample);
    const keep = memory({
      document: limit(5)(sample),
      saved: sample,
      etag: desk.etag,
      unread: [],
      pending: undefined,
      time,
    });
    const store = await open(desk, keep);
    expect(store.get().document).toEqual(limit(5)(sample));
    await later();
    expect([desk.doc, keep.now()]).toEqual([limit(5)(sample), undefined]);
  });

  it("what was typed and is in no document yet is there after a reload, and stays kept when the rest is saved", async () => {
    const unread = [{ element: "plan", field: ["condition", "As JSON"], text: "{", said: "too early" }];
    const pending = { text: "[", doc: sample };
    const keep = memory({ document: limit(5)(sample), saved: sample, etag: '"1"', unread, pending, time });
    const store = await open(new Desk(sample), keep);
    await later();
    expect(store.get().save).toBe("saved");
    expect(keep.now()).toMatchObject({ document: limit(5)(sample), unread, pending });
    store.typed(() => []);
    store.pend(undefined);
    expect(keep.now()).toBeUndefined();
  });

  it("work that a tab has left is taken over in one step, which can be undone", async () => {
    const desk = new Desk(sample);
    const store = await open(desk);
    store.take(limit(5)(sample), { unread: [], pending: { text: "[", doc: sample } });
    expect([store.get().document, store.get().undo]).toEqual([limit(5)(sample), "take over unsaved work"]);
    expect(store.get().pending?.text).toBe("[");
    store.dispatch({ type: "undo" });
    expect(store.get().document).toEqual(sample);
  });

  it("a browser that keeps nothing is told of", async () => {
    const store = await open(new Desk(sample), { ...memory(), write: () => false });
    change(store, limit(1));
    expect(store.get().kept).toBe(false);
  });

  it("when somebody else saved meanwhile it is a conflict", async () => {
    const desk = new Desk(limit(9)(sample));
    const keep = memory({
      document: limit(5)(sample),
      saved: sample,
      etag: '"0"',
      unread: [],
      pending: undefined,
      time,
    });
    const store = await open(desk, keep);
    await later();
    expect(store.get().save).toBe("conflict");
    expect(desk.writes).toEqual([]);
    expect(keep.now()).toBeDefined();
  });
});

it("what is removed is no longer selected", async () => {
  const store = await open(new Desk(sample));
  store.dispatch({ type: "select", selection: only("big") });
  change(store, (doc) => doc.filter((it) => it.id !== "big"));
  expect(store.get().selection.elements.size).toBe(0);
});
