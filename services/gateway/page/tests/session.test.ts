// What a visit reads: the market at its start, once more for what came before the stream was subscribed, and who is told of it.
import { afterEach, expect, test, vi } from "vitest";
import { Session } from "../src/data/session";

class Socket extends EventTarget {
  static readonly OPEN = 1;
  static opened: Socket | null = null;
  readonly readyState = Socket.OPEN;
  readonly sent: { action: string }[] = [];

  constructor() {
    super();
    Socket.opened = this;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  receive(...messages: object[]): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(messages) }));
  }

  get subscribed() {
    return this.sent.filter((each) => each.action === "subscribe");
  }
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

// A visit of a gateway with these answers by path.
function visit(answer: (path: string) => object[]): Session {
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("document", { addEventListener: () => undefined });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("location", { origin: "http://page", host: "page", protocol: "http:" });
  vi.stubGlobal("fetch", async (request: Request) => Response.json({ results: answer(new URL(request.url).pathname) }));
  vi.useFakeTimers();
  Socket.opened = null;
  return new Session();
}

async function connected(): Promise<Socket> {
  const socket = await vi.waitUntil(() => Socket.opened);
  socket.dispatchEvent(new Event("open"));
  return socket;
}

test("a view that opens after the stream does not make the page read the market twice again", async () => {
  const reads: string[] = [];
  const session = visit((path) => {
    reads.push(path);
    return [];
  });
  session.start();
  const socket = await connected();
  expect(socket.subscribed).toEqual([]);
  session.symbols.value = new Set(["AAPL"]);
  expect(socket.subscribed).toMatchObject([{ quotes: ["AAPL"], signals: ["*"], industries: ["*"], news: ["*"] }]);
  socket.receive({ T: "subscription", seq: 5 });
  await vi.waitUntil(() => reads.filter((path) => path === "/v1/industries").length === 2);
  for (const path of ["/v1/quotes", "/v1/signals", "/v1/news", "/v1/industries"]) {
    expect(reads.filter((each) => each === path)).toHaveLength(2);
  }
});

test("a view subscribes its quotes and its bars in one request", async () => {
  const session = visit(() => []);
  session.start();
  const socket = await connected();
  session.show(["AAPL"], "NVDA");
  expect(socket.subscribed).toMatchObject([{ quotes: ["AAPL", "NVDA"], bars: ["NVDA"] }]);
});

test("what the first read and the read of a gap find is told to a view that has read before", async () => {
  const found: Record<string, object[]> = { "/v1/signals": [{ id: "first" }], "/v1/news": [{ id: "story", revision: 1 }] };
  const session = visit((path) => found[path] ?? []);
  const told: string[] = [];
  session.listen(
    (message) => told.push("id" in message ? `${message.T} ${message.id}` : message.T),
    () => undefined,
  );
  session.symbols.value = new Set(["AAPL"]);
  session.start();
  const socket = await connected();
  expect(told).toEqual(["n story", "s first"]);
  found["/v1/news"] = [{ id: "story", revision: 2 }];
  found["/v1/signals"]?.push({ id: "missed" });
  socket.receive({ T: "subscription", seq: 5 });
  await vi.waitUntil(() => told.length >= 4);
  expect(told.slice(2)).toEqual(["n story", "s missed"]);
});
