// Short notices with a way back.
import { signal } from "@preact/signals";
import { t } from "../i18n/words";
import { Icon } from "./icons";

const SECONDS = 7;

interface Toast {
  text: string;
  undo: (() => void) | null;
}

const shown = signal<Toast | null>(null);
let timer = 0;

export function toast(text: string, undo: (() => void) | null = null): void {
  clearTimeout(timer);
  shown.value = { text, undo };
  timer = window.setTimeout(dismiss, SECONDS * 1000);
}

function dismiss(): void {
  clearTimeout(timer);
  shown.value = null;
}

export function Toasts() {
  const toast = shown.value;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toast && (
        <div class="toast">
          <span>{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              class="button"
              onClick={() => {
                dismiss();
                toast.undo?.();
              }}
            >
              {t("undo")}
            </button>
          )}
          <button type="button" class="quiet" aria-label={t("close-notice")} onClick={dismiss}>
            <Icon name="close" size={12} />
          </button>
        </div>
      )}
    </div>
  );
}
