import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { body, log } from "@/pages/log/queries";
import { pretty } from "@/pages/log/stream";
import { useRoute } from "../context";
import { fresh, fromLog, type Sample } from "./sample";

export type From = ReturnType<typeof useSample>;

/** The sample that is tried; `?log=` takes it from a log, with its seed, its time and the version that was walked. */
export function useSample(onVersion: (version: string) => void) {
  const { at } = useRoute();
  const { search }: { search: { log?: unknown } } = useLocation();
  const id = typeof search.log === "string" ? search.log : undefined;
  const [sample, setSample] = useState<Sample>(() => fresh());
  const [seed, setSeed] = useState("0");
  const [taken, setTaken] = useState<{ id: string; missing: readonly string[]; kept: boolean }>();

  const one = useQuery({
    ...log(at.account, at.gateway, id ?? ""),
    enabled: id !== undefined && taken?.id !== id,
  });
  const cut = one.data !== undefined && one.data.request_head != null && !one.data.request_head_complete;
  const whole = useQuery({ ...body(at.account, at.gateway, id ?? "", "request"), enabled: cut });
  const { data } = one;
  const text = cut ? whole.data?.text : data?.request_head;
  useEffect(() => {
    if (data === undefined || data.id !== id || taken?.id === id || (cut && text === undefined)) return;
    const { sample: made, missing } = fromLog(data, text == null ? fresh().body : pretty(text));
    setSample(made);
    if (data.pointsman.seed) setSeed(data.pointsman.seed);
    if (data.pointsman.version && data.pointsman.route_id === at.id) onVersion(data.pointsman.version);
    setTaken({ id: data.id, missing, kept: text != null });
  }, [data, id, taken, cut, text, at.id, onVersion]);

  return { sample, setSample, seed, setSeed, taken, error: one.error ?? whole.error };
}
