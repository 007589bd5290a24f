// What a client has subscribed to: the symbols of each channel, or * for all.
const CHANNELS = ["quotes", "bars", "signals", "industries", "news"] as const;
type Channel = (typeof CHANNELS)[number];
export type Selection = Record<Channel, ReadonlySet<string>>;
const selection = (of: (channel: Channel) => ReadonlySet<string>) =>
  Object.fromEntries(CHANNELS.map((channel) => [channel, of(channel)])) as Selection;
export const NOTHING = selection(() => new Set());

export function difference(all: Selection, some: Selection): Selection {
  const remaining = (channel: Channel) => new Set([...all[channel]].filter((selector) => !some[channel].has(selector)));
  return selection(remaining);
}
