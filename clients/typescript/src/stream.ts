// The stream: connects again after a break, resumes from the last `seq`, and delivers each message once.
const CHANNELS = ["ticks", "quotes", "bars", "signals", "provisional", "patterns", "news", "industries"] as const;
export type Selection = Partial<Record<(typeof CHANNELS)[number], string[]>>;
export type Message = { T: string; seq: number; symbol?: string; id?: string; status?: string } & Record<string, unknown>;

const CONTROL = new Set(["success", "subscription", "error"]);
const FATAL = new Set([400, 401, 402, 404, 405, 406, 410]);
const CANNOT_RESUME = 411;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
const MAX_KNOWN = 10_000;

// The gateway refuses what was asked for: asking again does not help.
export class StreamError extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(`${code} ${text}`);
    this.code = code;
  }
}

export class Stream implements AsyncIterable<Message> {
  gaps = 0; // how often the gateway could not resume: read what you missed by REST
  cursor = 0; // the highest `seq` that was received; set it before the first message to resume from an earlier run
  private readonly url: string;
  private readonly key: string;
  private readonly selection: Selection;
  private readonly known = new Set<string>();

  constructor(url: string, key: string, selection: Selection) {
    this.url = url;
    this.key = key;
    this.selection = selection;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MAX_WAIT_MS, 2 * wait)) {
      for await (const message of this.connection()) {
        wait = FIRST_WAIT_MS;
        yield message;
      }
      await new Promise((done) => setTimeout(done, wait * (0.5 + Math.random() / 2)));
    }
  }

  // The new messages of one connection, until it breaks.
  private async *connection(): AsyncGenerator<Message> {
    const socket = new WebSocket(this.url);
    const frames: string[] = [];
    let open = true;
    let wake = () => {};
    socket.onopen = () => {
      if (this.key) socket.send(JSON.stringify({ action: "auth", key: this.key }));
      socket.send(JSON.stringify({ action: "subscribe", ...this.selection }));
      if (this.cursor) socket.send(JSON.stringify({ action: "resume", from: this.cursor }));
    };
    socket.onmessage = (event) => {
      frames.push(String(event.data));
      wake();
    };
    socket.onclose = socket.onerror = () => {
      open = false;
      wake();
    };
    // Until what was missed has arrived the cursor stays: a break in between must not lose it.
    let held = this.cursor > 0;
    let answered = false;
    let newest = 0;
    try {
      while (open || frames.length) {
        const frame = frames.shift();
        if (frame === undefined) {
          await new Promise<void>((done) => {
            wake = done;
          });
          continue;
        }
        const missed = answered; // the frame after the answer to `resume` has what was missed
        for (const message of JSON.parse(frame) as Message[]) {
          if (message.T === "error") held = this.refused(message) && held;
          else if (message.T === "success" && typeof message["messages"] === "number") held = answered = message["messages"] > 0;
          else if (!CONTROL.has(message.T)) {
            newest = Math.max(newest, message.seq);
            if (this.isNew(message)) yield message;
          }
        }
        if (missed) held = answered = false;
        if (!held) this.cursor = Math.max(this.cursor, newest);
      }
    } finally {
      socket.close();
    }
  }

  // Whether the cursor still holds. Throws what asking again does not change.
  private refused(message: Message): boolean {
    const code = Number(message["code"]);
    if (FATAL.has(code)) throw new StreamError(code, String(message["msg"]));
    if (code !== CANNOT_RESUME) return true;
    this.gaps++;
    this.cursor = 0;
    return false;
  }

  private isNew(message: Message): boolean {
    const name = nameOf(message);
    if (this.known.has(name)) return false;
    this.known.add(name);
    if (this.known.size > MAX_KNOWN) this.known.delete(this.known.values().next().value as string);
    return true;
  }
}

// What a message is about: a status of a pattern, a revision of a story, a bar; of other kinds its number.
function nameOf(message: Message): string {
  if (message.id !== undefined) return [message.T, message.id, message.status, message["revision"]].join(":");
  if (message.T === "b") return [message.T, message.symbol, message["timeframe"], message["date"]].join(":");
  return `#${message.seq}`;
}
