// The keys of the page, in a box over the view.
import { t } from "../i18n/words";
import { isHelpOpen } from "./keyboard";

const KEYS = ["/", "1", "j", "[", "?"] as const;

// Who opened the box by a key closes it by one.
const focus = (button: HTMLButtonElement | null) => button?.focus();

export function Help() {
  return (
    <div class="help" role="dialog" aria-label={t("keys")}>
      <h2>{t("keys")}</h2>
      <dl>
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{{ "1": "1 – 6", j: "j k", "[": "[ ]" }[key as string] ?? key}</kbd>
            </dt>
            <dd>{t(`key-${KEYS.indexOf(key)}`)}</dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        class="button"
        ref={focus}
        onClick={() => {
          isHelpOpen.value = false;
        }}
      >
        {t("close-box")}
      </button>
    </div>
  );
}
