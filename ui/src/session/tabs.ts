/** Which tabs of this browser are open: what a tab that is gone has left can be offered, and what another one is at cannot. */

const KEY = "pointsman-tab";
/** How long the others have for an answer: they are in this browser. */
const WAIT = 200;

type Said = { readonly ask?: true; readonly here?: string };

let claimed: Promise<Tab> | undefined;
export type Tab = { readonly id: string; readonly others: ReadonlySet<string> };

/** This tab's id, which a reload does not change and a copy of the tab does not share, and the other open tabs. */
export function tab(): Promise<Tab> {
  claimed ??= claim(WAIT);
  return claimed;
}

export async function claim(wait: number): Promise<Tab> {
  const others = new Set<string>();
  const channel = open();
  if (channel !== undefined) {
    channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if (typeof data?.here === "string") others.add(data.here);
    };
    channel.postMessage({ ask: true } satisfies Said);
    await new Promise((done) => setTimeout(done, wait));
  }
  const stored = read();
  const id = stored === undefined || others.has(stored) ? anyId() : stored;
  write(id);
  if (channel !== undefined) {
    channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data?.ask) channel.postMessage({ here: id } satisfies Said);
    };
  }
  return { id, others };
}

function open(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel("pointsman-tabs");
  } catch {
    return undefined;
  }
}

function read(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(id: string): void {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // Without storage there is nothing that two tabs could share.
  }
}

/** Sixteen random bytes as text: `crypto.randomUUID` is not there without TLS. */
function anyId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
}
