// The WebSocket client: subscribes to the selection, reconnects after a break, and resumes.
import { authorization, key } from "./key";
import { Reconnection } from "./reconnection";
import { difference, NOTHING, type Selection } from "./selection";
import type { DataMessage, StreamMessage } from "./types";

export type State = { kind: "connecting" } | { kind: "live" } | { kind: "waiting"; until: number };
// The state of the stream when a read of missed messages starts.
export interface Mark {
  answered: number;
  seq: number;
}

const RESUME_GONE = 411;
const AUTH_FAILED = 402;

export class Stream {
  private socket: WebSocket | null = null;
  private selection: Selection = NOTHING;
  private completeSeq = 0; // all messages up to this `seq` were received, or their effects read by REST; 0: none yet
  private newestSeq = 0; // `seq` of the newest received message; messages before it may be missing
  private isComplete = false; // no messages are missing between the two
  private resuming: "no" | "requested" | "announced" = "no";
  private buffered: DataMessage[] = []; // messages that arrived before the answer to `resume`; they follow the resumed ones
  private sent = 0; // subscription requests sent, and the number of them that were answered
  private answered = 0;
  private refusedKey: string | null = null; // the stream works without it where reading is public
  private readonly reconnection = new Reconnection(() => this.open());

  constructor(
    private readonly onMessage: (message: DataMessage) => void,
    private readonly onState: (state: State) => void,
    private readonly onGap: () => void, // messages are missing: read by REST between mark() and closeGap()
  ) {
    this.reconnection.follow(() => this.socket?.readyState === WebSocket.CLOSED);
  }

  get isOpened(): boolean {
    return this.socket !== null;
  }

  open(): void {
    this.onState({ kind: "connecting" });
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/v1/stream`);
    this.socket = socket;
    socket.addEventListener("open", () => this.onOpen());
    socket.addEventListener("message", (event) => this.onFrame(String(event.data)));
    socket.addEventListener("close", () => this.reconnect(socket));
  }

  // Change the subscription. Messages of added selectors are missed until the gateway answers.
  select(selection: Selection): void {
    const previous = this.selection;
    this.selection = selection;
    this.subscribe("unsubscribe", difference(previous, selection));
    if (this.subscribe("subscribe", difference(selection, previous))) this.isComplete = false;
  }

  mark(): Mark {
    return { answered: this.answered, seq: this.newestSeq };
  }

  // The read since `mark` has replaced the missing messages, unless the subscription has changed or is changing.
  closeGap(mark: Mark): void {
    if (mark.answered !== this.sent || this.resuming !== "no") return;
    this.newestSeq = Math.max(this.newestSeq, mark.seq);
    this.setComplete();
  }

  private onOpen(): void {
    this.reconnection.succeed();
    this.isComplete = false;
    this.buffered = [];
    this.answered = this.sent;
    this.resuming = this.completeSeq ? "requested" : "no";
    const sent = authorization() && key.peek() !== this.refusedKey ? key.peek() : null;
    this.send({ action: "auth", ...(sent ? { key: sent } : {}) });
    this.subscribe("subscribe", this.selection);
    if (this.completeSeq) this.send({ action: "resume", from: this.completeSeq });
    this.onState({ kind: "live" });
  }

  private onFrame(text: string): void {
    const data: DataMessage[] = [];
    for (const message of JSON.parse(text) as StreamMessage[]) {
      if (message.T === "error") this.onError(message.code, message.msg, message.seq);
      else if (message.T === "subscription") this.onSubscribed(message.seq);
      else if (message.T !== "success") data.push(message);
      else if (message.messages === 0) this.onResumed([]);
      else if (message.messages !== undefined) this.resuming = "announced"; // the missed messages are in the next frame
    }
    if (this.resuming === "requested") this.buffered.push(...data);
    else if (this.resuming === "announced" && data.length) this.onResumed(data);
    else for (const message of data) this.deliver(message);
  }

  private onResumed(missed: DataMessage[]): void {
    this.resuming = "no";
    for (const message of [...missed, ...this.buffered.splice(0)]) this.deliver(message);
    this.setComplete();
  }

  private deliver(message: DataMessage): void {
    this.onMessage(message);
    this.newestSeq = Math.max(this.newestSeq, message.seq);
    if (this.isComplete) this.completeSeq = this.newestSeq;
  }

  private onError(code: number, text: string, seq: number): void {
    console.warn(`stream: ${code} ${text}`);
    if (code === AUTH_FAILED) {
      if (key.peek() === this.refusedKey) return;
      this.refusedKey = key.peek();
      this.socket?.close();
      return;
    }
    if (code !== RESUME_GONE) {
      this.onSubscribed(seq);
      return;
    }
    this.resuming = "no";
    this.completeSeq = 0; // resuming is no longer possible: the state is read by REST
    this.newestSeq = seq;
    for (const message of this.buffered.splice(0)) this.deliver(message);
    this.onGap();
  }

  private onSubscribed(seq: number): void {
    this.answered = Math.min(this.sent, this.answered + 1);
    if (this.isComplete || this.resuming !== "no") return;
    this.newestSeq = Math.max(this.newestSeq, seq);
    this.onGap();
  }

  private setComplete(): void {
    if (this.answered !== this.sent) return; // selectors were added meanwhile; their state is not read yet
    this.isComplete = true;
    this.completeSeq = Math.max(this.completeSeq, this.newestSeq);
  }

  private reconnect(socket: WebSocket): void {
    if (socket === this.socket) this.onState({ kind: "waiting", until: this.reconnection.wait() });
  }

  private subscribe(action: "subscribe" | "unsubscribe", channels: Selection): boolean {
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
