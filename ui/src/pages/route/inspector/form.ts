/** What the forms of all kinds share: how they read and change the properties of their element. */
import { type Element, properties, property } from "@/graph/document";
import { setProperty, update } from "@/graph/edit";
import { type Json, member } from "@/graph/json";
import { type GraphProblem, ofProperty } from "@/graph/problems";
import type { InspectorProps } from "./props";

export type FormProps = InspectorProps & {
  /** Sets a property; `undefined` takes it away. */
  readonly set: (name: string, value: Json | undefined) => void;
  /** Changes the element otherwise. */
  readonly change: (label: string, change: (element: Element) => Element, mark?: string) => void;
  /** An empty key was there: the reference wants one in a limit, and it is not taken away while one types. */
  readonly keepsEmpty: boolean;
};

export function formOf(props: InspectorProps): FormProps {
  const { id, element, edit } = props;
  return {
    ...props,
    keepsEmpty: member(properties(element), "key") === "" || element.type.startsWith("rate"),
    set: (name, value) =>
      edit(`set ${name} of ${element.id}`, (doc, key) => setProperty(doc, key, name, value), `${id}/${name}`),
    change: (label, change, mark) => edit(label, (doc, key) => update(doc, key, change), mark),
  };
}

/** A property as text: one of another type as JSON, so that it is seen and can be mended. */
export function textOf({ element }: FormProps, name: string): string {
  const value = property(element, name);
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The sentences about one property, under any of its names. */
export function problemsOf({ problems }: FormProps, ...names: string[]): readonly string[] {
  return sentences(ofProperty(problems, ...names));
}

/** Of two names of one property the one that the element uses; the first when it uses none. */
export function nameOf({ element }: FormProps, name: string, other: string): string {
  const all = properties(element);
  return !Object.hasOwn(all, name) && Object.hasOwn(all, other) ? other : name;
}

export function sentences(problems: readonly GraphProblem[]): readonly string[] {
  return [...new Set(problems.map((it) => it.message))];
}
