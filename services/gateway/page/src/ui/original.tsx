// What the gateway or analysis says in English, below what the page says of it in another language.
import { t } from "../i18n/words";

export function Original({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <details class="original">
      <summary>{t("error-original")}</summary>
      <p lang="en">{text}</p>
    </details>
  );
}
