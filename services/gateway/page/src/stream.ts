// The WebSocket: subscribes to what is wanted, comes back after a break, and resumes where it was.
import { pause } from "./reading";
import type { Data, Message } from "./types";

export type State = { kind: "connecting" } | { kind: "live" } | { kind: "waiting"; until: number };
type Channel = "quotes" | "bars" | "signals" | "industries";
export type Wanted = Record<Channel, ReadonlySet<string>>;

// How far the stream was when a reading of what it missed began.
export interface Mark {
  answered: number;
  seq: number;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const RESUME_GONE = 411;

export class Stream {
  private socket: WebSocket | null = null;
  private wanted: Wanted = { quotes: new Set(), bars: new Set(), signals: new Set(), industries: new Set() };
  private position = 0; // everything up to here has been heard or read; 0: nothing yet
  private newest = 0; // the newest that was heard, which may lie beyond a gap
  private joined = false; // there is no gap between the two
  private resuming: "no" | "asked" | "coming" = "no";
  private early: Data[] = []; // came before the answer to resuming, and happened after it
  private sent = 0; // changes of the subscription, and how many of them were answered
  private answered = 0;
  private tries = 0;
  private timer = 0;

  constructor(
    private readonly heard: (message: Data) => void,
    private readonly changed: (state: State) => void,
    private readonly missed: () => void, // there is a gap: read it between mark() and settle()
  ) {
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.now());
  }

  get opened(): boolean {
    return this.socket !== null;
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

  // What is new here has happened unheard until the gateway answers.
  want(wanted: Wanted): void {
    const before = this.wanted;
    this.wanted = wanted;
    this.subscribe("unsubscribe", without(before, wanted));
    if (this.subscribe("subscribe", without(wanted, before))) this.joined = false;
  }

  mark(): Mark {
    return { answered: this.answered, seq: this.newest };
  }

  // What was read since the mark closes the gap, unless the subscription has changed since or is about to.
  settle(mark: Mark): void {
    if (mark.answered !== this.sent || this.resuming !== "no") return;
    this.newest = Math.max(this.newest, mark.seq);
    this.join();
  }

  private greet(): void {
    this.tries = 0;
    this.joined = false;
    this.early = [];
    this.answered = this.sent;
    this.resuming = this.position ? "asked" : "no";
    this.send({ action: "auth" });
    this.subscribe("subscribe", this.wanted);
    if (this.position) this.send({ action: "resume", from: this.position });
    this.changed({ kind: "live" });
  }

  private read(text: string): void {
    const data: Data[] = [];
    for (const message of JSON.parse(text) as Message[]) {
      if (message.T === "error") this.refused(message.code, message.msg, message.seq);
      else if (message.T === "subscription") this.subscribed(message.seq);
      else if (message.T !== "success") data.push(message);
      else if (message.messages === 0) this.resumed([]);
      else if (message.messages !== undefined) this.resuming = "coming"; // in the next frame
    }
    if (this.resuming === "asked") this.early.push(...data);
    else if (this.resuming === "coming" && data.length) this.resumed(data);
    else data.forEach((message) => this.take(message));
  }

  private resumed(missed: Data[]): void {
    this.resuming = "no";
    for (const message of [...missed, ...this.early.splice(0)]) this.take(message);
    this.join();
  }

  private take(message: Data): void {
    this.heard(message);
    this.newest = Math.max(this.newest, message.seq);
    if (this.joined) this.position = this.newest;
  }

  private refused(code: number, why: string, seq: number): void {
    console.warn(`stream: ${code} ${why}`);
    if (code !== RESUME_GONE) return this.subscribed(seq);
    this.resuming = "no";
    this.position = 0; // nothing can be resumed from there any more: it has to be read
    this.newest = seq;
    this.early.splice(0).forEach((message) => this.take(message));
    this.missed();
  }

  private subscribed(seq: number): void {
    this.answered = Math.min(this.sent, this.answered + 1);
    if (this.joined || this.resuming !== "no") return;
    this.newest = Math.max(this.newest, seq);
    this.missed();
  }

  private join(): void {
    if (this.answered !== this.sent) return; // more was subscribed meanwhile, and its past has yet to be read
    this.joined = true;
    this.position = Math.max(this.position, this.newest);
  }

  private again(socket: WebSocket): void {
    if (socket !== this.socket) return;
    const wait = pause(this.tries, FIRST_WAIT, LONGEST_WAIT);
    this.tries += 1;
    this.changed({ kind: "waiting", until: Date.now() + wait });
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), wait);
  }

  private now(): void {
    if (!this.socket || this.socket.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.timer);
    this.open();
  }

  private subscribe(action: "subscribe" | "unsubscribe", channels: Wanted): boolean {
    const named = Object.entries(channels).filter(([, selectors]) => selectors.size);
    if (!named.length || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.sent += 1;
    this.send({ action, ...Object.fromEntries(named.map(([channel, selectors]) => [channel, [...selectors]])) });
    return true;
  }

  private send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

function without(all: Wanted, some: Wanted): Wanted {
  const left = (channel: Channel) => new Set([...all[channel]].filter((selector) => !some[channel].has(selector)));
  return { quotes: left("quotes"), bars: left("bars"), signals: left("signals"), industries: left("industries") };
}
