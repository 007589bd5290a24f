// What stands where data is not: a missing number, an empty list, a read that goes on or has failed, a part that does not exist.
import type { ComponentChildren } from "preact";
import { UNKNOWN } from "../i18n/format";
import { errorText } from "../i18n/problems";
import { t } from "../i18n/words";

// A dash with its reason.
export function Missing({ why }: { why: string }) {
  return (
    <span class="missing" title={why}>
      {UNKNOWN}
      <span class="unseen"> ({why})</span>
    </span>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Loading() {
  return (
    <div class="empty loading" role="status">
      {t("loading")}
    </div>
  );
}

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div class="empty failure" role="alert">
      <p>{`${t("failed")}: ${errorText(error)}`}</p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          {t("retry")}
        </button>
      )}
    </div>
  );
}

// A part of the view that the gateway does not offer: what is missing, and what does the same meanwhile.
export function Absent({ what, instead }: { what: string; instead?: ComponentChildren }) {
  return (
    <div class="absent" role="note">
      <p>{what}</p>
      {instead && <p class="instead">{instead}</p>}
    </div>
  );
}
