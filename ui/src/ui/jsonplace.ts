/** Where in a JSON text the value of a path stands. Pure. */
import type { SyntaxNode, Tree } from "@lezer/common";

/** The node of the path, or of as much of it as is there. */
export function nodeAt(tree: Tree, text: string, path: readonly (string | number)[]): SyntaxNode | undefined {
  let node = tree.topNode.firstChild;
  for (const step of path) {
    const next: SyntaxNode | null | undefined = node === null ? null : child(node, text, step);
    if (!next) break;
    node = next;
  }
  return node ?? undefined;
}

const PUNCTUATION = ["[", "]", "{", "}", ",", "⚠"];

function child(node: SyntaxNode, text: string, step: string | number): SyntaxNode | undefined {
  const all: SyntaxNode[] = [];
  for (let it = node.firstChild; it; it = it.nextSibling) if (!PUNCTUATION.includes(it.name)) all.push(it);
  if (node.name === "Array") return typeof step === "number" ? all[step] : undefined;
  const property = all.find((it) => it.name === "Property" && nameOf(it, text) === String(step));
  return property?.lastChild ?? undefined;
}

function nameOf(property: SyntaxNode, text: string): string | undefined {
  const name = property.firstChild;
  if (!name) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(name.from, name.to));
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
