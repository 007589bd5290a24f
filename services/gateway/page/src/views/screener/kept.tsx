// Screens that are kept in this browser.
import { useState } from "preact/hooks";
import { preferences, type Screen } from "../../data/preferences";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { Empty } from "../../ui/states";
import { toast } from "../../ui/toasts";

export function KeepScreen({ screen: kept }: { screen: Omit<Screen, "name"> }) {
  const [name, setName] = useState("");
  const keep = () => {
    const others = preferences.screens.value.filter((each) => each.name !== name.trim());
    preferences.screens.value = [...others, { ...kept, name: name.trim() }];
    setName("");
    toast(t("screen-kept"));
  };
  return (
    <span class="keep">
      <input
        type="text"
        value={name}
        placeholder={t("screen-name")}
        aria-label={t("screen-name")}
        maxLength={60}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="button" class="button" disabled={!name.trim() || !kept.condition} onClick={keep}>
        {t("keep-screen")}
      </button>
    </span>
  );
}

export function Kept({ open }: { open: (kept: Screen) => void }) {
  const all = preferences.screens.value;
  const remove = (kept: Screen) => {
    preferences.screens.value = all.filter((each) => each !== kept);
    toast(t("removed", { name: kept.name }), () => {
      preferences.screens.value = [...preferences.screens.peek(), kept];
    });
  };
  return (
    <Panel id="kept" class="third" title={t("kept-screens")} footer={t("kept-hint")}>
      {all.length === 0 && <Empty>{t("no-kept")}</Empty>}
      <ul class="facts">
        {all.map((kept) => (
          <li key={kept.name} class="kept">
            <button type="button" onClick={() => open(kept)}>
              <b>{kept.name}</b>
              <code>{kept.condition}</code>
            </button>
            <button type="button" class="button" aria-label={`${t("delete")}: ${kept.name}`} onClick={() => remove(kept)}>
              {t("delete")}
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
