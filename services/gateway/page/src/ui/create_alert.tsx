// Makes an alert of a condition: on the gateway where there is a key that may write, otherwise as a command for the bot.
import { useState } from "preact/hooks";
import { address } from "../app/router";
import { own } from "../data/own_api";
import type { AlertRequest } from "../data/types";
import { errorText } from "../i18n/problems";
import { t } from "../i18n/words";
import { CopyLine } from "./copy_line";
import { useSession } from "./session";
import { toast } from "./toasts";

interface Props {
  condition: string; // the normal form
  isChanging?: boolean; // what was typed since is not checked yet
  symbols: string[];
  industry?: string | null;
  frequency?: AlertRequest["frequency"];
  onCreated?: () => void;
}

export function CreateAlert(props: Props) {
  const { condition, isChanging = false, symbols, industry = null, frequency = "once_per_bar_close", onCreated } = props;
  const { account } = useSession();
  const [error, setError] = useState<Error | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (!account.canWrite.value) {
    return (
      <>
        <p class="hint">{t("alert-send")}</p>
        <CopyLine text={commandOf(condition, symbols, industry, frequency)} />
        <p class="hint">
          <a href={address("alerts")}>{t("alert-or-key")}</a>
        </p>
      </>
    );
  }
  const create = () => {
    setBusy(true);
    setError(null);
    own
      .addAlert({ condition, symbols, industry, frequency })
      .then(({ results }) => {
        const created = t("alert-created", { n: results[0]?.number ?? 0 });
        toast(account.view.peek()?.linked ? created : `${created} ${t("alert-undelivered")}`);
        onCreated?.();
      }, setError)
      .finally(() => setBusy(false));
  };
  return (
    <div class="create-alert">
      <button type="button" class="button primary" disabled={isBusy || isChanging} onClick={create}>
        {t("alert-create")}
      </button>
      {error && (
        <p class="wrong" role="alert">
          {errorText(error)}
        </p>
      )}
    </div>
  );
}

// What the bot's /alert takes (docs/alerts.md).
export function commandOf(condition: string, symbols: readonly string[], industry: string | null, frequency: string): string {
  const often = frequency === "once_per_bar_close" ? "" : `${frequency} `;
  const about = industry ? ` for industry:${industry}` : symbols.length ? ` for ${symbols.join(", ")}` : "";
  return `/alert ${often}${condition}${about}`;
}
