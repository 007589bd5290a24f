// The WebSocket client: subscribes to the selection, reconnects after a break, and resumes where it was.
import { authorization, key } from "./key";
import { Reconnection } from "./reconnection";
import { difference, NOTHING, type Selection } from "./selection";
import { type Mark, StreamPosition } from "./stream_position";
import type { DataMessage, StreamMessage } from "./types";

export type State = { kind: "connecting" } | { kind: "live" } | { kind: "waiting"; until: number };

const RESUME_GONE = 411;
const AUTH_FAILED = 402;

export class Stream {
  private socket: WebSocket | null = null;
  private selection: Selection = NOTHING;
  private refusedKey: string | null = null; // the stream works without it where reading is public
  private readonly position: StreamPosition;
  private readonly reconnection = new Reconnection(() => this.open());

  constructor(
    onMessage: (message: DataMessage) => void,
    private readonly onState: (state: State) => void,
    private readonly onGap: () => void, // messages are missing: read by REST between mark() and closeGap()
  ) {
    this.position = new StreamPosition(onMessage);
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

  select(selection: Selection): void {
    const previous = this.selection;
    this.selection = selection;
    this.subscribe("unsubscribe", difference(previous, selection));
    this.subscribe("subscribe", difference(selection, previous));
  }

  mark(): Mark {
    return this.position.mark();
  }

  closeGap(mark: Mark): void {
    this.position.closeGap(mark);
  }

  private onOpen(): void {
    this.reconnection.succeed();
    const from = this.position.open();
    const sent = authorization() && key.peek() !== this.refusedKey ? key.peek() : null;
    this.send({ action: "auth", ...(sent ? { key: sent } : {}) });
    this.subscribe("subscribe", this.selection);
    if (from) this.send({ action: "resume", from });
    this.onState({ kind: "live" });
  }

  private onFrame(text: string): void {
    const data: DataMessage[] = [];
    for (const message of JSON.parse(text) as StreamMessage[]) {
      if (message.T === "error") this.onError(message.code, message.msg, message.seq);
      else if (message.T === "subscription") this.onSubscribed(message.seq);
      else if (message.T !== "success") data.push(message);
      else if (message.messages === 0) this.position.resume([]);
      else if (message.messages !== undefined) this.position.announce();
    }
    this.position.take(data);
  }

  private onError(code: number, text: string, seq: number): void {
    console.warn(`stream: ${code} ${text}`);
    if (code === AUTH_FAILED) {
      if (key.peek() === this.refusedKey) return;
      this.refusedKey = key.peek();
      this.socket?.close();
    } else if (code === RESUME_GONE) {
      this.position.lose(seq);
      this.onGap();
    } else this.onSubscribed(seq);
  }

  private onSubscribed(seq: number): void {
    if (this.position.answer(seq)) this.onGap();
  }

  private reconnect(socket: WebSocket): void {
    if (socket === this.socket) this.onState({ kind: "waiting", until: this.reconnection.wait() });
  }

  private subscribe(action: "subscribe" | "unsubscribe", channels: Selection): void {
    const named = Object.entries(channels).filter(([, selectors]) => selectors.size);
    if (!named.length || this.socket?.readyState !== WebSocket.OPEN) return;
    this.position.request(action === "subscribe");
    this.send({ action, ...Object.fromEntries(named.map(([channel, selectors]) => [channel, [...selectors]])) });
  }

  private send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
