// A missing number has its reason as a title, which a mouse shows. Where there is none, a tap shows it.
import { toast } from "../ui/toasts";

export function tellReasons(): void {
  addEventListener("click", ({ target }) => {
    const missing = target instanceof Element && target.closest<HTMLElement>(".missing[title]");
    if (missing && matchMedia("(hover: none)").matches) toast(missing.title);
  });
}
