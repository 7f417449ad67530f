import { Dialog } from "@/ui/Dialog";

const KEYS: readonly (readonly [string, string])[] = [
  ["→ ←", "along an output to the next element, and back"],
  ["↓ ↑", "between an element, its outputs, and what stands below or above"],
  ["Home End", "to the start, to an end"],
  ["A or /", "add an element behind the selected output"],
  ["G", "lead the selected output to an element"],
  ["Enter", "to the form of the selected element; Escape leads back"],
  ["Delete", "delete the selected elements, or disconnect the selected output"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
  ["Ctrl+C, Ctrl+X, Ctrl+V", "copy, cut, paste, also between routes"],
  ["Ctrl+D", "duplicate"],
  ["Ctrl+A", "select everything"],
  ["Alt+arrows", "move the selected elements"],
  ["L", "arrange everything"],
  ["N", "to the next problem"],
  ["F, +, −", "see everything, closer, farther"],
  ["Shift+drag", "select what lies in a rectangle"],
  ["Ctrl+S", "save now; it saves by itself as well"],
];

/** Every key there is. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} title="Keys of the editor" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
