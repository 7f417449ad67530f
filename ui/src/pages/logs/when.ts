/** A time for a column: of today its clock, of other days its date as well. Pure but for the place one is at. */
export function when(time: string, now: number): string {
  const it = new Date(time);
  const today = new Date(now).toDateString() === it.toDateString();
  const clock = it.toLocaleTimeString("en-GB", { hour12: false });
  if (today) return clock;
  const year = new Date(now).getFullYear() === it.getFullYear() ? {} : { year: "numeric" as const };
  return `${it.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year })}, ${clock}`;
}
