import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// What is waited for comes when it comes: the first page of a run is compiled while the test looks for it.
configure({ asyncUtilTimeout: 30_000 });

// jsdom has no modal dialogs.
if (typeof HTMLDialogElement !== "undefined") {
  HTMLDialogElement.prototype.showModal = function show() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
}

// Nor does it scroll.
Element.prototype.scrollIntoView ??= () => {};
window.scrollTo = () => {};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** jsdom lays nothing out: to the canvas, which asks for its zoom when it measures a node, all is at its natural size. */
class Matrix {
  readonly m22 = 1;
}
window.DOMMatrixReadOnly ??= Matrix as unknown as typeof DOMMatrixReadOnly;
