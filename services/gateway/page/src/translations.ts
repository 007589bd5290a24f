// Texts in English and Korean. In Korean, red means up; in English, green: the colours follow the language.
import { TIMEFRAME_TABLE } from "./timeframes";

export type Language = "ko" | "en";

const TEXTS = {
  watchlist: ["Watchlist", "관심 종목"],
  search: ["Search name or symbol", "종목명 또는 심볼 검색"],
  allMine: ["My watchlist", "내 관심 종목"],
  industry: ["Industry", "산업"],
  addTo: ["Add to watchlist", "관심 종목에 추가"],
  removeFrom: ["Remove from watchlist", "관심 종목에서 삭제"],
  removed: ["removed", "삭제됨"],
  undo: ["Undo", "되돌리기"],
  emptyList: ["Nothing here yet. Search above to add an instrument.", "아직 없습니다. 위에서 검색해 추가하세요."],
  noQuotes: ["Waiting for the first prices…", "첫 시세를 기다리는 중…"],
  noMatch: ["No instrument matches.", "일치하는 종목이 없습니다."],
  signals: ["Signals", "시그널"],
  all: ["All", "전체"],
  mine: ["Watchlist", "관심 종목"],
  noSignals: ["No signal yet. They appear when a bar closes.", "아직 시그널이 없습니다. 봉이 마감되면 나타납니다."],
  noRecordOf: ["no validated edge (no record of {timeframe} signals)", "검증된 우위 없음 ({timeframe} 신호의 기록 없음)"],
  noRecord: ["no validated edge (no record yet)", "검증된 우위 없음 (기록 없음)"],
  validated: ["past {years} years, out of sample: {wins} of {n}, {mean} in {span}, worst {worst}", "지난 {years}년 표본 외: {n}회 중 {wins} 적중, {span} 평균 {mean}, 최악 {worst}"],
  byChance: ["no better than chance so far: {mean} in {span}, any day {base} (n = {n} on {dates} days)", "아직 우연보다 낫지 않음: {span} 평균 {mean}, 아무 날이나 {base} (n = {n}, {dates}일)"],
  bars: ["bars", "봉"],
  days: ["days", "일"],
  advice: ["Not investment advice.", "투자 조언이 아닙니다."],
  level: ["level", "기준"],
  connecting: ["Connecting", "연결 중"],
  live: ["Live", "실시간"],
  waiting: ["Reconnecting", "재연결 중"],
  silent: ["No news from analysis since {time}", "{time} 이후 분석 소식이 없습니다"],
  silentEver: ["No news from analysis yet", "아직 분석 소식이 없습니다"],
  quiet: ["No new prices since {time}", "{time} 이후 새 시세가 없습니다"],
  behind: ["Live; reading missed updates", "실시간 · 놓친 업데이트를 읽는 중"],
  behindWhy: ["The last try failed: {why}", "마지막 시도 실패: {why}"],
  pending: ["Connected, no prices yet", "연결됨, 아직 시세 없음"],
  cutOff: ["No prices: the provider cannot be read", "시세 없음: 제공처를 읽을 수 없습니다"],
  unreported: ["It is unknown whether prices arrive", "시세 수신 여부를 알 수 없습니다"],
  sourceUnknown: ["{source}: unknown; ingest has not reported since {time}.", "{source}: 알 수 없습니다. {time} 이후 수집기의 보고가 없습니다."],
  outage: ["{source} {reason} since {time}; {next}.", "{source}: {time}부터 {reason}. {next}."],
  nextTry: ["next try at {time}", "다음 시도 {time}"],
  trying: ["trying again", "다시 시도하는 중"],
  noPrice: ["No price yet", "아직 시세가 없습니다"],
  replayed: [
    "Replayed data: recorded prices played back with their original times, not the market of today.",
    "재생 데이터: 기록된 과거 시세를 원래 시각으로 재생합니다. 현재 시장이 아닙니다.",
  ],
  replayedShort: ["Replay", "재생"],
  noBars: ["No closed bars of this timeframe yet.", "이 주기의 마감된 봉이 아직 없습니다."],
  loading: ["Loading…", "불러오는 중…"],
  failed: ["Could not be loaded", "불러오지 못했습니다"],
  retry: ["Try again", "다시 시도"],
  timeframe: ["Timeframe", "주기"],
  chart: ["Chart", "차트"],
  open: ["O", "시"],
  high: ["H", "고"],
  low: ["L", "저"],
  close: ["C", "종"],
  volume: ["Vol", "거래량"],
  day: ["Day", "당일"],
  year: ["52 weeks", "52주"],
  prevClose: ["Prev. close", "전일 종가"],
  forming: ["forming", "형성 중"],
  skip: ["Skip to chart", "차트로 건너뛰기"],
  api: ["API", "API"],
  choose: ["Choose an instrument.", "종목을 선택하세요."],
  language: ["한국어", "English"],
  industries: ["Industries", "산업별 흐름"],
  noViews: ["Industries appear with the first prices.", "첫 시세가 들어오면 산업별 흐름이 나타납니다."],
  advances: ["up", "상승"],
  declines: ["down", "하락"],
  unchanged: ["unchanged", "보합"],
  missing: ["not traded today", "당일 거래 없음"],
  median: ["median", "중앙값"],
  asOf: ["as of", "기준"],
} satisfies Record<string, [string, string]>;

const TIMEFRAMES: Record<string, readonly [string, string]> = Object.fromEntries(TIMEFRAME_TABLE.map((row) => [row.name, row.label]));

const SOURCES: Record<string, [string, string]> = {
  "yahoo-stream": ["Yahoo price stream", "야후 실시간 시세"],
  "yahoo-poll": ["Yahoo price requests", "야후 시세 요청"],
  "yahoo-history": ["Yahoo price history", "야후 과거 시세"],
};

const REASONS: Record<string, [string, string]> = {
  unreachable: ["cannot be reached", "연결할 수 없습니다"],
  unavailable: ["is out of service", "서비스가 중단되었습니다"],
  rate_limited: ["rejects requests (too many requests)", "요청이 너무 많아 거부되었습니다"],
  unauthorized: ["rejects requests (no access)", "접근이 거부되었습니다"],
  not_json: ["returns invalid data", "응답이 올바른 데이터가 아닙니다"],
  no_stream: ["returns no stream", "응답이 스트림이 아닙니다"],
  silent: ["is connected and sends nothing", "연결되었으나 시세가 오지 않습니다"],
  closed: ["closes the connection at once", "연결이 바로 끊깁니다"],
};

const RULES: Record<string, [string, string]> = {
  golden_cross: ["Golden cross", "골든크로스"],
  dead_cross: ["Dead cross", "데드크로스"],
  sma_breakout_up: ["Close above SMA", "이동평균 상향 돌파"],
  sma_breakout_down: ["Close below SMA", "이동평균 하향 이탈"],
  ema_cross: ["EMA cross", "지수이동평균 교차"],
  rsi_overbought: ["RSI overbought", "RSI 과매수"],
  rsi_oversold: ["RSI oversold", "RSI 과매도"],
  rsi_mid: ["RSI crosses 50", "RSI 50선 교차"],
  bollinger_break: ["Bollinger break", "볼린저밴드 돌파"],
  bollinger_touch: ["Near Bollinger band", "볼린저밴드 근접"],
  squeeze: ["Bollinger squeeze", "볼린저밴드 수축"],
  macd_cross: ["MACD cross", "MACD 교차"],
  macd_zero: ["MACD crosses zero", "MACD 0선 교차"],
  stochastic_cross: ["Stochastic cross", "스토캐스틱 교차"],
  adx_trend: ["ADX trend", "ADX 추세"],
  volume_surge: ["Volume surge", "거래량 급증"],
  volume_dry: ["Volume dries up", "거래량 급감"],
  price_move: ["Price move", "가격 급변"],
  new_high: ["New 52-week high", "52주 신고가"],
  new_low: ["New 52-week low", "52주 신저가"],
  drop_from_high: ["Drop from high", "고점 대비 하락"],
  prev_high_break: ["Above previous high", "전일 고가 돌파"],
  prev_low_break: ["Below previous low", "전일 저가 이탈"],
  gap: ["Gap", "갭"],
  bullish_engulfing: ["Bullish engulfing", "상승 장악형"],
  bearish_engulfing: ["Bearish engulfing", "하락 장악형"],
  hammer: ["Hammer", "망치형"],
  shooting_star: ["Shooting star", "유성형"],
  morning_star: ["Morning star", "샛별형"],
  evening_star: ["Evening star", "석별형"],
  doji_at_band: ["Doji at Bollinger band", "밴드 접촉 도지"],
  all_time_high: ["All-time high", "역대 신고가"],
  sequence: ["Sequence of signals", "신호 연속"],
  all_time_low: ["All-time low", "역대 신저가"],
  head_and_shoulders: ["Head and shoulders", "헤드 앤 숄더"],
  inverse_head_and_shoulders: ["Inverse head and shoulders", "역헤드 앤 숄더"],
  triple_top: ["Triple top", "삼중 천장"],
  triple_bottom: ["Triple bottom", "삼중 바닥"],
  double_top: ["Double top", "이중 천장"],
  double_bottom: ["Double bottom", "이중 바닥"],
  cup_and_handle: ["Cup and handle", "컵 앤 핸들"],
  inverse_cup_and_handle: ["Inverse cup and handle", "역컵 앤 핸들"],
  bull_flag: ["Bull flag", "상승 깃발형"],
  bear_flag: ["Bear flag", "하락 깃발형"],
  bull_pennant: ["Bull pennant", "상승 페넌트형"],
  bear_pennant: ["Bear pennant", "하락 페넌트형"],
  ascending_triangle: ["Ascending triangle", "상승 삼각형"],
  descending_triangle: ["Descending triangle", "하락 삼각형"],
  symmetrical_triangle: ["Symmetrical triangle", "대칭 삼각형"],
  rising_wedge: ["Rising wedge", "상승 쐐기형"],
  falling_wedge: ["Falling wedge", "하락 쐐기형"],
  channel_up: ["Rising channel", "상승 채널"],
  channel_down: ["Falling channel", "하락 채널"],
  rectangle: ["Rectangle", "박스권"],
  resistance: ["Resistance broken", "저항선 돌파"],
  support: ["Support broken", "지지선 이탈"],
  uptrend_line: ["Uptrend line broken", "상승 추세선 이탈"],
  downtrend_line: ["Downtrend line broken", "하락 추세선 돌파"],
  bullish_gartley: ["Bullish Gartley", "강세 가틀리"],
  bearish_gartley: ["Bearish Gartley", "약세 가틀리"],
  bullish_bat: ["Bullish bat", "강세 배트"],
  bearish_bat: ["Bearish bat", "약세 배트"],
  bullish_butterfly: ["Bullish butterfly", "강세 버터플라이"],
  bearish_butterfly: ["Bearish butterfly", "약세 버터플라이"],
  bullish_crab: ["Bullish crab", "강세 크랩"],
  bearish_crab: ["Bearish crab", "약세 크랩"],
  bearish_rsi_divergence: ["Bearish RSI divergence", "RSI 하락 다이버전스"],
  bullish_rsi_divergence: ["Bullish RSI divergence", "RSI 상승 다이버전스"],
  hidden_bearish_rsi_divergence: ["Hidden bearish RSI divergence", "RSI 히든 하락 다이버전스"],
  hidden_bullish_rsi_divergence: ["Hidden bullish RSI divergence", "RSI 히든 상승 다이버전스"],
  bearish_macd_divergence: ["Bearish MACD divergence", "MACD 하락 다이버전스"],
  bullish_macd_divergence: ["Bullish MACD divergence", "MACD 상승 다이버전스"],
  hidden_bearish_macd_divergence: ["Hidden bearish MACD divergence", "MACD 히든 하락 다이버전스"],
  hidden_bullish_macd_divergence: ["Hidden bullish MACD divergence", "MACD 히든 상승 다이버전스"],
  bearish_obv_divergence: ["Bearish OBV divergence", "OBV 하락 다이버전스"],
  bullish_obv_divergence: ["Bullish OBV divergence", "OBV 상승 다이버전스"],
  hidden_bearish_obv_divergence: ["Hidden bearish OBV divergence", "OBV 히든 하락 다이버전스"],
  hidden_bullish_obv_divergence: ["Hidden bullish OBV divergence", "OBV 히든 상승 다이버전스"],
};

let current: Language = "en";

export function language(): Language {
  return current;
}

export function setLanguage(selected: Language): void {
  current = selected;
  document.documentElement.lang = selected;
}

const pick = (pair: readonly [string, string]) => pair[current === "ko" ? 1 : 0];

export function t(word: keyof typeof TEXTS): string {
  return pick(TEXTS[word]);
}

export function timeframeName(timeframe: string): string {
  return pick(TIMEFRAMES[timeframe] ?? [timeframe, timeframe]);
}

export function sourceName(name: string): string {
  return pick(SOURCES[name] ?? [name, name]);
}

export function reasonText(name: string): string {
  return pick(REASONS[name] ?? ["fails", "실패합니다"]);
}

export function ruleName(name: string, params: Record<string, number>): string {
  const text = pick(RULES[name] ?? [name.replaceAll("_", " "), name.replaceAll("_", " ")]);
  const period = name.startsWith("sma_breakout") ? params["period"] : undefined;
  const drop = name === "drop_from_high" ? params["drop"] : undefined;
  if (period !== undefined) return `${text} ${period}`;
  if (drop !== undefined) return `${text} ${Math.round(drop * 100)}%`;
  return text;
}

export function nameOf(thing: { name: string; name_ko: string }): string {
  return current === "ko" && thing.name_ko ? thing.name_ko : thing.name;
}
