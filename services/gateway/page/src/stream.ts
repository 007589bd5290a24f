// The WebSocket: subscribes to what is wanted, comes back after a break, and resumes where it was.
import type { Message } from "./types";

export type State = { kind: "connecting" } | { kind: "live" } | { kind: "waiting"; until: number };
type Channel = "quotes" | "bars" | "signals" | "industries";
export type Wanted = Record<Channel, ReadonlySet<string>>;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const RESUME_GONE = 411;

export class Stream {
  private socket: WebSocket | null = null;
  private wanted: Wanted = { quotes: new Set(), bars: new Set(), signals: new Set(), industries: new Set() };
  private seq = 0;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly told: (message: Message) => void,
    private readonly changed: (state: State) => void,
    private readonly missed: () => void,
  ) {
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
  }

  open(): void {
    this.changed({ kind: "connecting" });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/v1/stream`);
    this.socket = socket;
    socket.addEventListener("open", () => this.greet());
    socket.addEventListener("message", (event) => this.read(String(event.data)));
    socket.addEventListener("close", () => this.again(socket));
  }

  want(wanted: Wanted): void {
    const before = this.wanted;
    this.wanted = wanted;
    this.say("unsubscribe", without(before, wanted));
    this.say("subscribe", without(wanted, before));
  }

  private greet(): void {
    this.tries = 0;
    this.send({ action: "auth" });
    this.say("subscribe", this.wanted);
    if (this.seq) this.send({ action: "resume", from: this.seq });
    this.changed({ kind: "live" });
  }

  private read(text: string): void {
    for (const message of JSON.parse(text) as Message[]) {
      if (message.T === "error") {
        console.warn(`stream: ${message.code} ${message.msg}`);
        if (message.code === RESUME_GONE) {
          this.seq = message.seq;
          this.missed();
        }
        continue;
      }
      if (message.T !== "success" && message.T !== "subscription") this.seq = Math.max(this.seq, message.seq);
      else if (!this.seq) this.seq = message.seq;
      this.told(message);
    }
  }

  private again(socket: WebSocket): void {
    if (socket !== this.socket) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries) * (0.7 + 0.6 * Math.random());
    this.tries += 1;
    this.changed({ kind: "waiting", until: Date.now() + wait });
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), wait);
  }

  private now(): void {
    if (this.socket && this.socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.timer);
    this.open();
  }

  private say(action: "subscribe" | "unsubscribe", channels: Wanted): void {
    const named = Object.entries(channels).filter(([, selectors]) => selectors.size);
    if (named.length) this.send({ action, ...Object.fromEntries(named.map(([channel, selectors]) => [channel, [...selectors]])) });
  }

  private send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

function without(all: Wanted, some: Wanted): Wanted {
  const left = (channel: Channel) => new Set([...all[channel]].filter((selector) => !some[channel].has(selector)));
  return { quotes: left("quotes"), bars: left("bars"), signals: left("signals"), industries: left("industries") };
}
