import { call } from "@/api/client";
import { place } from "@/graph/problems";
import { type At, BASE, pathOf, readDraft } from "../queries";
import type { Server } from "./state";
import { wire } from "./wire";

/** The server, for one route. */
export function server(at: At): Server {
  const path = pathOf(at);
  return {
    read: () => readDraft(at),
    write: async (doc, etag) => {
      const body = { elements: wire(doc) };
      const options = { path, body, ifMatch: etag, first: true };
      const reply = await call("put", `${BASE}/routes/{id}/draft`, options);
      return {
        doc,
        etag: reply.etag,
        problems: place(doc, reply.messages),
        by: reply.result.modified_by,
      };
    },
    check: async (doc, signal) => {
      const { account_id, gateway_id } = path;
      const body = { elements: wire(doc) };
      const options = { path: { account_id, gateway_id }, body, signal };
      return place(doc, (await call("post", `${BASE}/routes/check`, options)).result.problems);
    },
  };
}
