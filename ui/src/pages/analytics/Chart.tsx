import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useColors } from "./colors";
import { type Line, top } from "./series";

type Props = {
  label: string;
  xs: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  /** A place in the list of colours for every line: a group has one colour in all charts. */
  colors: readonly number[];
};

const HEIGHT = 168;

/** The picture; the numbers stand in the table beneath it. */
export default function Chart({ label, xs, lines, format, colors }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const paint = useColors();
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const axis = {
      stroke: paint.soft,
      font: paint.font,
      grid: { stroke: paint.line, width: 1 },
      ticks: { show: false },
    };
    const chart = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        padding: [8, 20, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 7 }, sync: { key: "analytics" } },
        scales: { y: { range: [0, top(lines) * 1.08] } },
        axes: [
          { ...axis, grid: { show: false }, size: 24, space: 64, values: (_, splits) => times(splits) },
          { ...axis, size: 64, space: 36, values: (_, splits) => splits.map((it) => format(it)) },
        ],
        series: [
          {},
          ...lines.map((it, i) => ({
            label: it.label,
            stroke: paint.series[(colors[i] ?? i) % paint.series.length] ?? paint.soft,
            width: 1.75,
            // A bucket between two without a value has no line to be seen by.
            points: { show: xs.length < 3 || it.values.includes(null), size: 4 },
          })),
        ],
        plugins: [tip(lines, format)],
      },
      [[...xs], ...lines.map((it) => [...it.values])],
      element,
    );
    const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [xs, lines, format, colors, paint]);
  return (
    <div
      ref={holder}
      className="chart"
      role="img"
      aria-label={`${label}; the numbers are in the table below`}
    />
  );
}

/** Days when midnights are apart by whole days, else clocks. */
function times(splits: readonly number[]): string[] {
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((it) => {
    const at = new Date(it * 1000);
    if (apart >= 86_400) return at.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  });
}

/** The numbers of the bucket under the pointer. */
function tip(lines: readonly Line[], format: (value: number) => string): UPlot.Plugin {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.hidden = true;
  return {
    hooks: {
      init: (chart) => chart.over.append(box),
      setCursor: (chart) => {
        const { idx, left = -1 } = chart.cursor;
        box.hidden = idx == null || left < 0;
        if (idx == null || left < 0) return;
        const x = chart.data[0][idx] ?? 0;
        const time = document.createElement("strong");
        time.textContent = new Date(x * 1000).toLocaleString("en-GB", {
          dateStyle: "medium",
          timeStyle: "short",
        });
        const rows = lines.map((it) => {
          const row = document.createElement("span");
          const value = it.values[idx];
          row.textContent = `${it.label}: ${value === null || value === undefined ? "–" : format(value)}`;
          return row;
        });
        box.replaceChildren(time, ...rows);
        box.style.left = left > chart.over.clientWidth / 2 ? "" : `${left + 12}px`;
        box.style.right = left > chart.over.clientWidth / 2 ? `${chart.over.clientWidth - left + 12}px` : "";
      },
    },
  };
}
