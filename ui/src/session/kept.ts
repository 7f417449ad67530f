/** What this browser keeps of unsaved work, by who made it. Guarded: a browser that keeps nothing, or is full, still edits. */

/** Account, token, gateway, route and tab. The token's id is no secret; another token does not meet what this one left. */
type Name = readonly string[];

const PREFIX = "pointsman-draft:";

export function nameOf(...parts: Name): string {
  return PREFIX + parts.map(encodeURIComponent).join("/");
}

/** Whether the browser took it. */
export function keep(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function kept(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

export function forget(...names: Name): void {
  try {
    for (const it of names) localStorage.removeItem(it);
  } catch {
    // A browser without storage has nothing to forget.
  }
}

/** Names that begin with these parts, with the parts that follow. */
export function keptBelow(...parts: Name): readonly { readonly name: string; readonly rest: Name }[] {
  try {
    const start = `${nameOf(...parts)}/`;
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(start))
      .map((name) => ({ name, rest: name.slice(start.length).split("/").map(decodeURIComponent) }));
  } catch {
    return [];
  }
}
