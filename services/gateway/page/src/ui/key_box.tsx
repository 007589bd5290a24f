// The key of the gateway: entered once, shown without its secret, removed.
import { useState } from "preact/hooks";
import { isRefused, keepKey, key, keyIn, masked } from "../data/key";
import { own } from "../data/own_api";
import { errorText } from "../i18n/problems";
import { t } from "../i18n/words";
import { useSession } from "./session";
import { toast } from "./toasts";

export function KeyBox() {
  const { account } = useSession();
  const [text, setText] = useState("");
  const [tried, setTried] = useState<"no" | "now" | Error>("no");
  const held = key.value;
  if (held) {
    const view = account.view.value;
    const remove = () => {
      keepKey(null);
      toast(t("key-removed"), () => keepKey(held));
    };
    return (
      <div class="key-box">
        <p>
          <code>{masked(held)}</code> {view && <span class="hint">{`${view.name} · ${view.owner} · ${view.scopes.join(", ")}`}</span>}
        </p>
        {isRefused.value && (
          <p class="wrong" role="alert">
            {t("key-refused")}
          </p>
        )}
        {!isRefused.value && account.error.value && <p class="wrong">{errorText(account.error.value)}</p>}
        <button type="button" class="button" onClick={remove}>
          {t("key-remove")}
        </button>
      </div>
    );
  }
  const found = keyIn(text);
  const keep = (event: Event) => {
    event.preventDefault();
    if (!found || tried === "now") return;
    setTried("now");
    own.tryKey(found).then(() => {
      keepKey(found);
      setText("");
      setTried("no");
    }, setTried);
  };
  return (
    <form class="key-box" onSubmit={keep}>
      <label class="select">
        <span>{t("key")}</span>
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={text}
          aria-invalid={text !== "" && !found}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setTried("no");
          }}
        />
      </label>
      <button type="submit" class="button" disabled={!found || tried === "now"}>
        {t("key-keep")}
      </button>
      {tried instanceof Error && (
        <p class="wrong" role="alert">
          {errorText(tried)}
        </p>
      )}
    </form>
  );
}
