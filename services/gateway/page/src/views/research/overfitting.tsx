// What the choice of a grid is worth: each figure in a sentence.
import { plain, share } from "../../i18n/format";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";

export function Overfitting({ found }: { found: Record<string, number | null> }) {
  const sentences = [
    found["trials"] == null
      ? null
      : t("trials-text", { trials: plain(found["trials"], 0), effective: plain(found["effective_trials"], 1) }),
    found["sharpe"] == null || found["expected_maximum_sharpe"] == null
      ? null
      : t("expected-text", { sharpe: plain(found["sharpe"]), expected: plain(found["expected_maximum_sharpe"]) }),
    found["deflated_sharpe"] == null ? t("deflated-missing") : t("deflated-text", { p: share(found["deflated_sharpe"], 0) }),
    found["probability_of_overfitting"] == null
      ? t("overfitting-missing")
      : t("overfitting-text", { p: share(found["probability_of_overfitting"], 0) }),
  ];
  return (
    <Panel id="overfitting" class="wide" title={t("overfitting")} footer={t("advice")}>
      <ul class="sentences">
        {sentences.filter(Boolean).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
}
