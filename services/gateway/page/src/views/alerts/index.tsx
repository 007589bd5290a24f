// Alerts: the key, a form for a new alert, the alerts that are stored, and what became of those that were sent.
import { useMemo } from "preact/hooks";
import { visits } from "../../app/router";
import { own } from "../../data/own_api";
import { OwnedList } from "../../data/owned_list";
import type { Alert } from "../../data/types";
import { t } from "../../i18n/words";
import { Panel } from "../../ui/panel";
import { ViewFrame } from "../../ui/view_frame";
import { Access } from "./access";
import { AlertList } from "./alert_list";
import "./alerts.css";
import { Builder } from "./builder";
import { Deliveries } from "./deliveries";

const COMMANDS = ["/alerts", "/unalert 1", "/mute 1h", "/rules", "/settings"] as const;

export default function AlertsView() {
  const alerts = useMemo(() => new OwnedList<Alert>(own.alerts), []);
  return (
    <ViewFrame name="alerts">
      <Builder key={visits.value} onCreated={() => alerts.again()} />
      <Access />
      <AlertList alerts={alerts} />
      <Deliveries />
      <Panel id="commands" class="third" title={t("bot-commands")}>
        <ul class="facts">
          {COMMANDS.map((command, i) => (
            <li key={command}>
              <code>{command}</code> <span class="hint">{t(`bot-command-${i}`)}</span>
            </li>
          ))}
        </ul>
      </Panel>
    </ViewFrame>
  );
}
