/** Light, dark, or as the system has it. A taste, no secret: it may stay in local storage. */
export type Theme = "system" | "light" | "dark";
const KEY = "pointsman-theme";

export function theme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

export function setTheme(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // A browser that keeps nothing still shows it for this visit.
  }
}
