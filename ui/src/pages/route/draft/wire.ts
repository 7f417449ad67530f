import type { components } from "@/api/schema";
import type { Doc } from "@/graph/document";

type Elements = components["schemas"]["Elements"];

/**
 * The document as the API's type. That type says what a sound graph is, and the server is asked about graphs that are not sound yet,
 * with members that it does not name: they are sent as they are, and it says what is wrong.
 */
export function wire(doc: Doc): Elements {
  const elements: unknown = doc;
  return elements as Elements;
}
