/** The tokens as colours that a canvas can paint, and again when the theme changes. */
import { useSyncExternalStore } from "react";

export type Colors = {
  readonly soft: string;
  readonly line: string;
  readonly font: string;
  readonly series: readonly string[];
};

export const SERIES = 11;

let known: { key: string; colors: Colors } | undefined;

function subscribe(told: () => void): () => void {
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(told);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  media.addEventListener("change", told);
  return () => {
    watch.disconnect();
    media.removeEventListener("change", told);
  };
}

function current(): Colors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const color = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const series = Array.from({ length: SERIES }, (_, i) => color(`--series-${i + 1}`));
  const soft = color("--ink-soft");
  const line = color("--line");
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  probe.remove();
  const key = [soft, line, font, ...series].join();
  // The same object while nothing changed, as React wants it.
  if (known?.key !== key) known = { key, colors: { soft, line, font, series } };
  return known.colors;
}

export function useColors(): Colors {
  return useSyncExternalStore(subscribe, current);
}
