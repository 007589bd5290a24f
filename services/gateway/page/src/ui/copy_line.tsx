// A line of text that can be copied.

import { t } from "../i18n/words";
import { toast } from "./toasts";

export function CopyLine({ text }: { text: string }) {
  const copy = () => {
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => toast(t("copied")),
      () => toast(t("not-copied")),
    );
  };
  return (
    <div class="copy-line">
      <code>{text}</code>
      <button type="button" class="button" onClick={copy}>
        {t("copy")}
      </button>
    </div>
  );
}
