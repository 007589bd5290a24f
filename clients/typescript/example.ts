// Prints the newest daily bars of an instrument, screens the market, then follows quotes and signals.
// node example.ts [URL] [SYMBOL] [MESSAGES]
import { Client, ProblemError, pages } from "./src/index.ts";

declare const process: { argv: string[] };
const [url = "http://127.0.0.1:8080", symbol = "AAPL", count = "5"] = process.argv.slice(2);
const client = new Client(url);

const bars = pages((page_token) =>
  client.rest.GET("/v1/bars", {
    params: { query: { symbol, timeframe: "1Day", limit: 3, sort: "desc", ...(page_token && { page_token }) } },
  }),
);
let shown = 0;
for await (const bar of bars) {
  console.log(bar.date, bar.close);
  if (++shown === 5) break; // of two pages
}
const { data } = await client.rest.POST("/v1/screener", { body: { condition: "close > 0 on 1d", limit: 3 } });
console.log("screened", data?.results[0]?.evaluated);
try {
  await client.rest.GET("/v1/quotes", { params: { query: { symbols: "NOPE" } } });
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  console.log(error.type);
}
const stream = client.stream({ quotes: ["*"], signals: ["*"] }, "/v1/stream/test");
let received = 0;
for await (const message of stream) {
  console.log(message.T, message.symbol);
  if (++received === Number(count)) break;
}
