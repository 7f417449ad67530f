// The templates: what the dialog asks of each, and the steps that build the same graph on an empty canvas.
import { add, lead } from "./hands.mjs";

const model = (id, name, behind) =>
  add("Model", id, {
    behind,
    form: [
      ["Provider", "echo"],
      ["Model", name],
    ],
  });

export const TEMPLATES = {
  Blank: {
    asked: { Model: "echo/echo" },
    steps: [
      add("Start", "start"),
      model("model", "echo", ["start", "next"]),
      add("End", "end", { behind: ["model", "success"] }),
    ],
  },
  "A/B test": {
    asked: { "Model A": "echo/echo", "Model B": "echo/echo-slow", "Share of B": "30" },
    steps: [
      add("Start", "start"),
      add("Split", "split", {
        behind: ["start", "next"],
        form: [
          ["Add share"],
          ["Share 1, in percent", "30"],
          ["Label of share 1", "b"],
          ["Add share"],
          ["Label of share 2", "a"],
          ["Sticky by", "metadata.user"],
        ],
      }),
      model("b", "echo-slow", ["split", "30%:b"]),
      model("a-after-b", "echo", ["b", "fallback"]),
      add("End", "end", { behind: ["a-after-b", "success"] }),
      model("a", "echo", ["split", "70%:a"]),
      model("b-after-a", "echo-slow", ["a", "fallback"]),
      lead("a", "success", "end"),
      lead("b", "success", "end"),
      lead("b-after-a", "success", "end"),
    ],
  },
  "Plan tiers": {
    asked: {
      "Model of the plan": "echo/echo",
      "Model of all others": "echo/echo-slow",
      Field: "metadata.tier",
      Plan: "gold",
    },
    steps: [
      add("Start", "start"),
      add("Condition", "plan", {
        behind: ["start", "next"],
        form: [
          ["Field", "metadata.tier"],
          ["Value", "gold"],
        ],
      }),
      model("paid", "echo", ["plan", "true"]),
      add("End", "end", { behind: ["paid", "success"] }),
      model("free", "echo-slow", ["plan", "false"]),
      lead("free", "success", "end"),
      lead("paid", "fallback", "free"),
    ],
  },
  "Budget with a cheap fallback": {
    asked: { "Good model": "echo/echo-slow", "Cheap model": "echo/echo", "Dollars a day": "2.5" },
    steps: [
      add("Start", "start"),
      add("Limit", "budget", {
        behind: ["start", "next"],
        form: [
          ["Counts", "What they cost"],
          ["Budget (US dollars)", "2.5"],
          ["Window (seconds)", "86400"],
          ["For each", "metadata.user"],
        ],
      }),
      model("good", "echo-slow", ["budget", "success"]),
      add("End", "end", { behind: ["good", "success"] }),
      model("cheap", "echo", ["budget", "fallback"]),
      lead("cheap", "success", "end"),
      lead("good", "fallback", "cheap"),
    ],
  },
  "Failover over providers": {
    asked: { First: "echo/echo", Second: "echo/echo-slow", Third: "echo/echo" },
    steps: [
      add("Start", "start"),
      model("first", "echo", ["start", "next"]),
      model("second", "echo-slow", ["first", "fallback"]),
      model("third", "echo", ["second", "fallback"]),
      add("End", "end", { behind: ["third", "success"] }),
      lead("first", "success", "end"),
      lead("second", "success", "end"),
    ],
  },
  "Canary of a model": {
    asked: { "Proven model": "echo/echo", "New model": "echo/echo-slow", "Share of the new model": "2.5" },
    steps: [
      add("Start", "start"),
      add("Split", "canary", {
        behind: ["start", "next"],
        form: [["Add share"], ["Share 1, in percent", "2.5"], ["Add else"]],
      }),
      model("new", "echo-slow", ["canary", "2.5%"]),
      model("proven", "echo", ["canary", "else"]),
      add("End", "end", { behind: ["proven", "success"] }),
      lead("new", "success", "end"),
      lead("new", "fallback", "proven"),
    ],
  },
};
