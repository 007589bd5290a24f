// How often a visit reads the market: at its start, and once more for what came before the stream was subscribed.
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

test("a view that opens after the stream does not make the page read the market twice again", async () => {
  const reads: string[] = [];
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("document", { addEventListener: () => undefined });
  vi.stubGlobal("fetch", async (request: Request) => {
    reads.push(new URL(request.url).pathname);
    return Response.json({ results: [] });
  });
  vi.useFakeTimers();
  const session = new Session();
  session.start();
  await vi.waitUntil(() => Socket.opened);
  const socket = Socket.opened as unknown as Socket;
  socket.dispatchEvent(new Event("open"));
  expect(socket.subscribed).toEqual([]);
  session.symbols.value = new Set(["AAPL"]);
  expect(socket.subscribed).toMatchObject([{ quotes: ["AAPL"], signals: ["*"], industries: ["*"], news: ["*"] }]);
  socket.receive({ T: "subscription", seq: 5 });
  await vi.waitUntil(() => reads.filter((path) => path === "/v1/industries").length === 2);
  for (const path of ["/v1/quotes", "/v1/signals", "/v1/news", "/v1/industries"]) {
    expect(reads.filter((each) => each === path)).toHaveLength(2);
  }
});
