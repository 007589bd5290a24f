// Language, theme and colour convention on the root element, where the style reads them.
import { effect } from "@preact/signals";
import { isDark, preferences } from "../data/preferences";

export function keepAppearance(): void {
  effect(() => {
    const root = document.documentElement;
    const { language, colours } = preferences;
    root.lang = language.value;
    root.dataset["scheme"] = isDark.value ? "dark" : "light";
    const redUp = colours.value === "red-up" || (colours.value === "language" && language.value === "ko");
    root.dataset["colours"] = redUp ? "red-up" : "green-up";
  });
}
