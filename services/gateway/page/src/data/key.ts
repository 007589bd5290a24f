// The key of the gateway: entered once, kept in this browser, and sent with each request until the gateway refuses it.
import { signal } from "@preact/signals";

const KEY = "finstage.key";
const LONGEST = 200;
const SHOWN = 13; // "fs_" and the id; the secret follows

export const key = signal<string | null>(stored());
export const isRefused = signal(false); // it is unknown, expired or revoked

export function keepKey(text: string | null): void {
  isRefused.value = false;
  key.value = text;
  try {
    if (text) localStorage.setItem(KEY, text);
    else localStorage.removeItem(KEY);
  } catch {
    return; // without storage the page works, and forgets
  }
}

// Null where no key is to be sent: reads that are public work without one.
export function authorization(): string | null {
  return key.peek() && !isRefused.peek() ? `Bearer ${key.peek()}` : null;
}

export function refuse(sent: string): void {
  if (sent === authorization()) isRefused.value = true;
}

// A key as it may be shown: its id without its secret.
export function masked(text: string): string {
  return `${text.slice(0, SHOWN)}_••••••••`;
}

// What was typed or pasted, where it can be a key.
export function keyIn(text: string): string | null {
  const found = text.trim();
  return /^[\x21-\x7e]+$/.test(found) && found.length <= LONGEST ? found : null;
}

function stored(): string | null {
  try {
    return keyIn(localStorage.getItem(KEY) ?? "");
  } catch {
    return null;
  }
}
