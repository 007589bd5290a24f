// Reads of the whole market by REST: at the start, when the table of instruments was empty, and after messages were missed.
import { batch } from "@preact/signals";
import { api } from "./api";
import { MAX_SIGNALS, type Market } from "./market";
import { MAX_STORIES } from "./stories";
import type { DataMessage } from "./types";

const readNames = () => Promise.all([api.instruments(), api.industries()]);
const readNewest = () => Promise.all([api.quotes(), api.signals({ limit: MAX_SIGNALS }), api.news({ limit: MAX_STORIES })]);

type Tell = (message: DataMessage) => void;

// Names and prices are shown together: a list of instruments without prices would say that there are none.
export async function readMarket(market: Market, tell: Tell): Promise<void> {
  const requestedAt = market.messageCount;
  const [newest, names] = await Promise.all([readNewest(), readNames()]);
  batch(() => {
    putNames(market, names, requestedAt);
    putNewest(market, newest, requestedAt, tell);
  });
}

export async function readDirectory(market: Market): Promise<void> {
  const requestedAt = market.messageCount;
  const names = await readNames();
  batch(() => putNames(market, names, requestedAt));
}

// The state after a gap.
export async function readMissed(market: Market, tell: Tell): Promise<void> {
  const requestedAt = market.messageCount;
  const [newest, views] = await Promise.all([readNewest(), api.industries()]);
  batch(() => {
    for (const view of views.results) market.putIndustry(view, requestedAt);
    putNewest(market, newest, requestedAt, tell);
  });
}

function putNames(market: Market, [instruments, groups]: Awaited<ReturnType<typeof readNames>>, requestedAt: number): void {
  market.putInstruments(instruments.results);
  for (const industry of groups.results) market.putIndustry(industry, requestedAt);
}

// `tell` gets what was new, as if its messages had come: a view that has read before would miss it otherwise.
function putNewest(
  market: Market,
  [quotes, signals, stories]: Awaited<ReturnType<typeof readNewest>>,
  requestedAt: number,
  tell: Tell,
): void {
  for (const story of stories.results) if (market.putStory(story)) tell({ T: "n", seq: 0, ...story });
  for (const quote of quotes.results) if (market.putQuote(quote, requestedAt)) tell({ T: "q", seq: 0, ...quote });
  for (const found of signals.results) if (market.addSignal(found)) tell({ T: "s", seq: 0, ...found });
}
