/** Values in their form; the exact one is in the title. */
import { useEffect, useState } from "react";
import { duration, money, relative } from "./format";

export function Money({ dollars }: { dollars: number }) {
  return (
    <span className="number" title={`$${dollars}`}>
      {money(dollars)}
    </span>
  );
}

export function Duration({ ms }: { ms: number }) {
  return (
    <span className="number" title={`${ms} ms`}>
      {duration(ms)}
    </span>
  );
}

export function RelativeTime({ time }: { time: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()}>
      {relative(time, now)}
    </time>
  );
}
