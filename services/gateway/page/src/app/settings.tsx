// The settings of the page, in a box below the header.
import { COLOURS, LANGUAGES, preferences, THEMES, ZONES } from "../data/preferences";
import { t } from "../i18n/words";
import { Select } from "../ui/choices";
import { KeyBox } from "../ui/key_box";

export function Settings({ close }: { close: () => void }) {
  return (
    <div class="settings" role="dialog" aria-label={t("settings")}>
      <Select
        label={t("settings-language")}
        options={LANGUAGES}
        value={preferences.language.value}
        name={(each) => t(`language-${each}`)}
        choose={(each) => {
          preferences.language.value = each;
        }}
      />
      <Select
        label={t("settings-theme")}
        options={THEMES}
        value={preferences.theme.value}
        name={(each) => t(`theme-${each}`)}
        choose={(each) => {
          preferences.theme.value = each;
        }}
      />
      <Select
        label={t("settings-colours")}
        options={COLOURS}
        value={preferences.colours.value}
        name={(each) => t(`colours-${each}`)}
        choose={(each) => {
          preferences.colours.value = each;
        }}
      />
      <Select
        label={t("settings-zone")}
        options={ZONES}
        value={preferences.zone.value}
        name={(each) => t(`zone-${each}`)}
        choose={(each) => {
          preferences.zone.value = each;
        }}
      />
      <p class="hint">{t("access")}</p>
      <KeyBox />
      <button type="button" class="button" onClick={close}>
        {t("close-box")}
      </button>
    </div>
  );
}
