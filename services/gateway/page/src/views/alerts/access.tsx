// Who the gateway takes this browser for: the key, its chat, and the watchlist that belongs to it.
import { useEffect, useState } from "preact/hooks";
import { own } from "../../data/own_api";
import { preferences } from "../../data/preferences";
import { clockTime } from "../../i18n/format";
import { errorText } from "../../i18n/problems";
import { t } from "../../i18n/words";
import { CopyLine } from "../../ui/copy_line";
import { KeyBox } from "../../ui/key_box";
import { Panel } from "../../ui/panel";
import { useSession } from "../../ui/session";
import { toast } from "../../ui/toasts";

const LINK_POLL_MS = 4_000;
const CREATE = ".venv/bin/python -m services.gateway keys create --name page --owner me --scopes read,write,research";

export function Access() {
  const { account } = useSession();
  const view = account.view.value;
  return (
    <Panel id="access" class="third" title={t("access")} footer={t("key-hint")}>
      <div class="body">
        {!account.hasKey.value && (
          <>
            <p>{t("key-why")}</p>
            <CopyLine text={CREATE} />
          </>
        )}
        <KeyBox />
        {view && !account.canWrite.value && <p class="wrong">{t("key-reads-only")}</p>}
        {view?.linked && <p>{t("linked")}</p>}
        {view && !view.linked && account.canWrite.value && <LinkToChat />}
        {account.canWrite.value && <Upload />}
      </div>
    </Panel>
  );
}

// A code for the bot; the key is read again until the bot has taken it, or it has expired.
function LinkToChat() {
  const { account } = useSession();
  const [found, setFound] = useState<{ code: string; expires: string } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!found) return;
    const timer = setInterval(() => {
      if (Date.now() > Date.parse(found.expires)) setFound(null);
      else account.refresh();
    }, LINK_POLL_MS);
    return () => clearInterval(timer);
  }, [found, account]);
  const request = () => {
    setError(null);
    own.link().then(({ results }) => setFound(results[0] ?? null), setError);
  };
  return (
    <>
      <p class="hint">{t("not-linked")}</p>
      {found ? (
        <>
          <p>{t("link-how", { time: clockTime(found.expires) })}</p>
          <CopyLine text={`/link ${found.code}`} />
        </>
      ) : (
        <button type="button" class="button" onClick={request}>
          {t("link-chat")}
        </button>
      )}
      {error && (
        <p class="wrong" role="alert">
          {errorText(error)}
        </p>
      )}
    </>
  );
}

// The list that this browser had before the key: offered where it differs.
function Upload() {
  const { watchlist } = useSession();
  const kept = preferences.watchlist.value;
  const owned = watchlist.owned.rows.value?.map((each) => each.symbol);
  if (!kept?.length || !owned || (kept.length === owned.length && kept.every((symbol) => owned.includes(symbol)))) return null;
  const upload = () => {
    watchlist.upload().then(
      () => toast(t("watchlist-uploaded")),
      (error: Error) => toast(t("not-changed", { why: errorText(error) })),
    );
  };
  return (
    <>
      <p class="hint">{t("watchlist-differs", { here: kept.length, there: owned.length })}</p>
      <button type="button" class="button" onClick={upload}>
        {t("watchlist-upload")}
      </button>
    </>
  );
}
