// Alerts: the gateway has none yet, so the view builds the condition, checks it, and hands it to the bot.
import { useState } from "preact/hooks";
import { route } from "../../app/router";
import { t } from "../../i18n/words";
import { ConditionField, useExplanation } from "../../ui/condition";
import { CopyLine } from "../../ui/copy_line";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { Absent } from "../../ui/states";
import { ViewFrame } from "../../ui/view_frame";
import { HeldTimes } from "./held_times";

const COMMANDS = ["/alerts", "/unalert 1", "/mute 1h", "/rules", "/settings"] as const;

export default function AlertsView() {
  return (
    <ViewFrame name="alerts">
      <Builder />
      <Panel id="commands" class="third" title={t("bot-commands")}>
        <ul class="facts">
          {COMMANDS.map((command, i) => (
            <li key={command}>
              <code>{command}</code> <span class="hint">{t(`bot-command-${i}`)}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel id="alert-list" class="half" title={t("alert-list")}>
        <Absent what={t("absent-alerts")} instead={t("absent-alerts-instead")} />
      </Panel>
      <Panel id="deliveries" class="half" title={t("deliveries")}>
        <Absent what={t("absent-deliveries")} />
      </Panel>
    </ViewFrame>
  );
}

function Builder() {
  const { watchlist } = useSession();
  const [text, setText] = useState(route.value.query["condition"] ?? "");
  const [symbols, setSymbols] = useState(route.value.query["symbols"] ?? watchlist.symbols[0] ?? "");
  const listed = symbols
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .slice(0, 20);
  const explained = useExplanation(text, listed);
  const command = explained.value ? `/alert ${explained.value.condition}${listed.length ? ` for ${listed.join(", ")}` : ""}` : "";
  return (
    <Panel id="builder" class="two-thirds" title={t("alert-new")}>
      <div class="body">
        <ConditionField text={text} change={setText} explained={explained} />
        <label class="select">
          <span>{t("alert-symbols")}</span>
          <input type="text" value={symbols} spellcheck={false} onInput={(event) => setSymbols(event.currentTarget.value)} />
        </label>
        {command && (
          <>
            <p class="hint">{t("alert-send")}</p>
            <CopyLine text={command} />
          </>
        )}
        {explained.value && <HeldTimes found={explained.value} />}
      </div>
    </Panel>
  );
}
