// The types of the API's answers, from the gateway's OpenAPI document, and of the stream's messages, as docs/api.md describes them.
import type { components } from "./schema";
import { TIMEFRAME_TABLE } from "./timeframes";

type Schemas = components["schemas"];

export type Timeframe = (typeof TIMEFRAME_TABLE)[number]["name"];
export const TIMEFRAMES: readonly Timeframe[] = TIMEFRAME_TABLE.map((row) => row.name);

export type Instrument = Schemas["Instrument"];
export type Industry = Schemas["Industry"];
export type IndustryWithMembers = Schemas["IndustryWithMembers"];
export type Member = Schemas["Member"];
export type View = Schemas["View"];
export type Mover = Schemas["Mover"];
export type Quote = Schemas["Quote"];
export type Bar = Schemas["Bar"];
export type Indicators = Schemas["Indicators"];
export type Signal = Schemas["Signal"];
export type Quality = Schemas["SignalQuality"];
export type QualityRecord = Schemas["QualityRecord"];
export type Pattern = Schemas["Pattern"];
export type Dataset = Schemas["Dataset"];
export type Explanation = Schemas["Explanation"];
export type Story = Schemas["NewsStory"];
export type NewsFeed = Schemas["Feed"];
export type SourceHealth = Schemas["SourceHealth"];
export type ServiceState = Schemas["ServiceState"];
export type Status = Schemas["Status"];
export type KeyView = Schemas["KeyView"];
export type Watched = Schemas["Watched"];
export type Alert = Schemas["Alert"];
export type AlertRequest = Schemas["AlertRequest"];
export type Delivery = Schemas["DeliveryView"];
export type ScreenResult = Schemas["ScreenResult"];
export type ScreenRequest = Schemas["ScreenRequest"];
export type Problem = Schemas["Problem"];

export interface Page<T> {
  results: T[];
  provider: string | null;
  warnings: string[];
  next_page_token: string | null;
}

export type DataMessage =
  | ({ T: "q"; seq: number } & Quote)
  | ({ T: "b"; seq: number; symbol: string; timeframe: Timeframe } & Bar)
  | ({ T: "s"; seq: number } & Signal)
  | ({ T: "n"; seq: number } & Story)
  | ({ T: "v"; seq: number } & Industry);

export type StreamMessage =
  | { T: "success"; msg: string; seq: number; messages?: number }
  | { T: "error"; code: number; msg: string; seq: number }
  | { T: "subscription"; seq: number }
  | DataMessage;
