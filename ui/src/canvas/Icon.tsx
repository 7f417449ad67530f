import type { Kind } from "@/graph/kinds";

const PATHS: Readonly<Record<Kind | "unknown", string>> = {
  start: "M5 3.5v9l7-4.5z",
  conditional: "M8 2.5 13.5 8 8 13.5 2.5 8z",
  percentage: "M8 2.5a5.5 5.5 0 1 0 5.5 5.5H8z M10 2.6V6h3.4",
  rate: "M2.5 11.5a5.5 5.5 0 1 1 11 0 M8 11.5 10.8 7.2",
  model: "M8 2.2 13 5v6l-5 2.8L3 11V5z M3 5l5 2.8L13 5 M8 7.8v6",
  end: "M4.5 4.5h7v7h-7z",
  unknown: "M6 6a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6 1.1 M8 11.5v.1",
};

/** The sign of a kind. Decoration; its name stands beside it. */
export function Icon({ kind }: { kind: Kind | undefined }) {
  return (
    <svg className="kind-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[kind ?? "unknown"]} />
    </svg>
  );
}
