// Whether the screen is that of a phone, as the style has it.
import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 760px)");
export const isNarrow = signal(query.matches);
query.addEventListener("change", () => {
  isNarrow.value = query.matches;
});
