"""The bot's phrases in Korean and English. Values for placeholders must be escaped."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("ko", "en")

PHRASES: Final[dict[str, dict[str, str]]] = {
    "ko": {
        "start": "<b>Finstage 알림 봇</b>입니다. 관심 종목에 기술적 신호가 나오면 알려 드립니다.\n"
        "먼저 <code>/watch 삼성전자</code> 처럼 종목을 등록해 보세요. 도움말: /help",
        "help": "<b>명령어</b>\n"
        "/price 종목 - 현재가\n"
        "/watch 종목 … - 관심 종목 등록 (<code>/watch all</code>: 전체)\n"
        "/unwatch 종목 … - 해제 (<code>/unwatch all</code>: 모두)\n"
        "/list - 관심 종목\n"
        "/signals [종목] - 최근 신호\n"
        "/alert 조건 - 내 조건 알림 (<code>/alert rsi_14 &lt; 30 on 1d for AAPL</code>)\n"
        "/alerts - 내 조건 알림 목록, /unalert 번호 - 삭제\n"
        "/explain 조건 - 조건을 말로 설명, 마지막으로 참이었던 때\n"
        "/industry [산업] - 산업·시장 흐름 (<code>/industry 반도체</code>)\n"
        "/quality 신호 [종목] - 과거 기록 (<code>/quality golden_cross AAPL</code>)\n"
        "/rules - 받을 신호 종류 (<code>/rules off rsi_mid</code>)\n"
        "/mute 1h - 잠시 끄기 (30m, 2d; <code>/mute off</code>: 해제)\n"
        "/settings - 설정\n"
        "/lang en - English\n"
        "/status - 상태\n"
        "/link 코드 - API 키 연결\n"
        "종목은 기호(AAPL), 한글·영문 이름, 별칭으로 찾습니다.",
        "unknown_command": "/{name} 명령은 없습니다. 명령어는 /help 에서 볼 수 있습니다.",
        "meant_command": "/{name} 명령은 없습니다. 혹시 /{near} 인가요?",
        "not_command": "무엇을 찾으시나요? 가격은 <code>/price {text}</code>, 명령어는 /help 를 이용해 주세요.",
        "which": "종목을 함께 적어 주세요. 예: <code>/{name} AAPL</code>",
        "no_such": "'{asked}' 종목을 찾지 못했습니다.",
        "did_you_mean": "혹시 {names} 인가요?",
        "no_price": "아직 받은 시세가 없습니다.",
        "last_bar": "마지막 종가",
        "quote": "현재가",
        "change": "전일 대비",
        "day": "오늘",
        "year": "52주",
        "at": "기준",
        "watched": "관심 종목에 추가: {names}",
        "watched_all": "모든 종목의 신호를 보내 드립니다. <code>/unwatch all</code> 로 해제합니다.",
        "full": "관심 종목은 {most}개까지 등록할 수 있습니다.",
        "unwatched": "관심 종목에서 해제: {names}",
        "unwatched_all": "관심 종목을 모두 해제했습니다.",
        "list": "<b>관심 종목 {count}개</b>",
        "list_all": "모든 종목의 신호를 받고 있습니다.",
        "list_empty": "관심 종목이 없습니다. <code>/watch AAPL</code> 처럼 등록해 주세요.",
        "signals": "<b>최근 신호</b>",
        "signals_none": "아직 신호가 없습니다.",
        "industries": "<b>산업과 시장의 흐름</b> (구성 종목 등락률 중앙값)",
        "industries_none": "아직 산업별 흐름이 없습니다. 첫 시세가 들어오면 나타납니다.",
        "industry_help": "자세히: <code>/industry 반도체</code>",
        "industry_list": "목록은 /industry",
        "no_such_industry": "'{asked}' 산업을 찾지 못했습니다.",
        "median": "등락률 중앙값",
        "breadth": "상승 {up} · 하락 {down} · 보합 {still} · 당일 거래 없음 {missing}",
        "above_sma": "{n}일 이동평균 위: {share} ({of}종목 중)",
        "leaders": "상위",
        "laggards": "하위",
        "strongest_industry": "산업 내 상대강도 (63일)",
        "strongest_market": "지수 대비 상대강도 (63일)",
        "signals_today": "오늘 신호: ▲{up} ▼{down} ({rules})",
        "muted": "{until} 까지 알림을 끕니다.",
        "unmuted": "알림을 다시 켰습니다.",
        "mute_help": "얼마나 끌까요? 예: <code>/mute 1h</code>, <code>/mute 2d</code>, <code>/mute off</code>",
        "language": "한국어로 안내합니다.",
        "language_help": "<code>/lang ko</code> 또는 <code>/lang en</code>",
        "rules": "<b>받을 신호 종류</b> (✅ 받음, ☑️ 기록이 검증된 동안만, ▫️ 안 받음)\n"
        "<code>/rules on|off 이름 …</code>, <code>/rules on|off all</code>",
        "quality_help": "신호 종류를 적어 주세요. 예: <code>/quality golden_cross AAPL</code>. 목록은 /rules",
        "quality_none": "아직 계산된 기록이 없습니다.",
        "quality_more": "외 {count}건",
        "quality_how": "다음 봉 시가에 사서(▼는 공매도) 비용을 뺀 수익. '아무 날이나'는 같은 종목의 모든 날 평균입니다.",
        "rules_unknown": "없는 신호 종류: {names}. 목록은 /rules",
        "settings": "<b>설정</b>\n언어: 한국어\n알림: {muted}\n검증되지 않은 예측: {unvalidated}\n닫히기 전의 봉: {provisional}",
        "on": "켜짐",
        "off": "꺼짐",
        "muted_until": "{until} 까지 꺼짐",
        "settings_help": "<code>/settings unproven on|off</code>: 검증되지 않은 예측 신호도 받을지 정합니다. "
        "사건(급등락, 신고가 등)은 항상 받습니다.\n"
        "<code>/settings provisional on|off</code>: 아직 닫히지 않은 봉의 잠정 신호도 받을지 정합니다.",
        "link_help": "API 키를 이 대화에 연결합니다: <code>/link 코드</code>. 코드는 POST /v1/keys/self/link 로 받습니다. "
        "연결하면 API와 이 대화가 관심 종목과 알림을 함께 씁니다. <code>/link off</code>: 해제",
        "linked": "API 키 '{name}'를 이 대화에 연결했습니다. 관심 종목과 알림을 함께 씁니다.",
        "link_refused": "코드가 맞지 않거나 만료되었거나 이미 쓰였습니다. 새 코드를 받아 주세요.",
        "unlinked": "이 대화에 연결된 API 키를 해제했습니다.",
        "link_none": "이 대화에 연결된 API 키가 없습니다.",
        "status": "<b>상태</b>\n관심 종목: {count}\n알림: {muted}\n최근 24시간: {deliveries}\n시각: {now}",
        "all": "전체",
        "none": "없음",
        "not_allowed": "이 그룹의 설정은 관리자나 봇을 추가한 사람만 바꿀 수 있습니다.",
        "slow_down": "명령이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
        "trouble": "지금은 처리할 수 없습니다. 잠시 후 다시 시도해 주세요.",
        "alert_help": "어떤 조건인가요? 예:\n"
        "<code>/alert rsi_14 &lt; 30 and close &gt; sma_200 on 1d for AAPL, 삼성전자</code>\n"
        "<code>/alert crosses_above(close, sma_200) for industry:semiconductors</code>\n"
        "for 뒤가 없으면 관심 종목에 적용됩니다. 맨 앞에 once_per_bar 를 쓰면 닫히지 않은 봉도 봅니다.\n"
        "한국어로도 됩니다: <code>/alert 종가가 200일선 이상이고 RSI 30 이하</code>\n"
        "지표: sma_50, ema_26, rsi_14, macd, bb_upper_20, atr_14, volume_sma_20 …\n"
        "봉: open high low close volume, close[5]는 다섯 봉 전, rsi_14[1h]는 1시간봉",
        "alert_more": "조건 쓰는 법: /alert",
        "explain_help": "어떤 조건을 설명할까요? 예: <code>/explain rsi_14 &lt; 30 and close &gt; sma_200</code>",
        "explain_times": "{name}: 마지막으로 참이었던 때 {times} · {since}부터 봉 {bars}개 중 {held}개",
        "explain_never": "{name}: {since}부터 봉 {bars}개 중 참이었던 적 없음",
        "explain_unknown": "{name}: 아직 알 수 없음 (저장된 봉이 없음)",
        "explain_unavailable": "지난 봉을 지금은 살펴볼 수 없습니다. 잠시 뒤 다시 시도해 주세요.",
        "explain_unsupported": "이 조건은 아직 지난 봉으로 살펴볼 수 없습니다.",
        "alert_unparsed": "조건을 읽지 못했습니다. 더 짧게 나누어 다시 시도해 주세요.",
        "alert_set": "조건 알림을 등록했습니다. 봉이 닫힐 때 조건이 참이면 봉마다 알립니다.",
        "alert_same": "이미 등록된 조건입니다.",
        "alert_watching_none": "관심 종목이 없어 아직 울리지 않습니다. /watch 로 등록하거나 for 뒤에 종목을 적어 주세요.",
        "alert_full": "조건 알림은 20개까지 등록할 수 있습니다. /unalert 로 지워 주세요.",
        "alert_extra": "기본이 아닌 지표는 모두 합해 10개까지 쓸 수 있습니다.",
        "alert_busy": "지금은 새 지표나 조건을 더 받을 수 없습니다. sma_50, rsi_14 같은 기본 지표를 써 주세요.",
        "alerts": "<b>내 조건 알림 {count}개</b>",
        "alerts_none": "조건 알림이 없습니다. 만드는 법: /alert",
        "alerts_remove": "삭제: <code>/unalert 번호</code> 또는 <code>/unalert all</code>",
        "alert_watched": "관심 종목",
        "alert_industry": "업종 {name}",
        "alert_at_close": "봉이 닫힐 때",
        "alert_forming": "닫히지 않은 봉도",
        "alert_warming_up": "지표 준비 중 (지난 봉을 읽고 있어요)",
        "no_industry": "'{asked}' 업종을 찾지 못했습니다. 있는 업종: {names}",
        "unalert_help": "몇 번을 지울까요? 목록은 /alerts",
        "unalert_none": "그런 번호의 조건 알림이 없습니다. 목록은 /alerts",
        "unalerted": "조건 알림을 지웠습니다.",
        "topic_gone": "📌 알림을 받던 토픽에 글을 쓸 수 없어 여기로 보냅니다.",
        "replayed": "⏪ 재생 데이터 (과거 시세, 실시간 아님)",
        "advice": "<i>투자 조언이 아닙니다</i>",
    },
    "en": {
        "start": "This is the <b>Finstage alert bot</b>. It tells you when a technical signal fires on what you watch.\n"
        "Begin with <code>/watch AAPL</code>. Help: /help",
        "help": "<b>Commands</b>\n"
        "/price NAME - latest price\n"
        "/watch NAME … - watch instruments (<code>/watch all</code>: everything)\n"
        "/unwatch NAME … - stop watching (<code>/unwatch all</code>: all)\n"
        "/list - what you watch\n"
        "/signals [NAME] - latest signals\n"
        "/alert CONDITION - a condition of your own (<code>/alert rsi_14 &lt; 30 on 1d for AAPL</code>)\n"
        "/alerts - your conditions; /unalert NUMBER removes one\n"
        "/explain CONDITION - what a condition means, and when it was true last\n"
        "/industry [NAME] - industries and markets (<code>/industry semiconductors</code>)\n"
        "/quality RULE [NAME] - what followed past signals (<code>/quality golden_cross AAPL</code>)\n"
        "/rules - which signals you get (<code>/rules off rsi_mid</code>)\n"
        "/mute 1h - mute alerts for a while (30m, 2d; <code>/mute off</code> ends it)\n"
        "/settings - settings\n"
        "/lang ko - 한국어\n"
        "/status - status\n"
        "/link CODE - link an API key\n"
        "Instruments are found by symbol (AAPL), Korean or English name, or alias.",
        "unknown_command": "There is no /{name}. See /help for the commands.",
        "meant_command": "There is no /{name}. Did you mean /{near}?",
        "not_command": "What are you looking for? For a price: <code>/price {text}</code>; for the commands: /help.",
        "which": "Please name an instrument, for example <code>/{name} AAPL</code>",
        "no_such": "I know no instrument '{asked}'.",
        "did_you_mean": "Did you mean {names}?",
        "no_price": "No price has come in yet.",
        "last_bar": "Last close",
        "quote": "Price",
        "change": "Change",
        "day": "Day",
        "year": "52 weeks",
        "at": "As of",
        "watched": "Watching: {names}",
        "watched_all": "You will get the signals of every instrument. <code>/unwatch all</code> ends that.",
        "full": "A watchlist holds at most {most} instruments.",
        "unwatched": "No longer watching: {names}",
        "unwatched_all": "Your watchlist is empty now.",
        "list": "<b>{count} watched</b>",
        "list_all": "You get the signals of every instrument.",
        "list_empty": "Your watchlist is empty. Add to it with <code>/watch AAPL</code>.",
        "signals": "<b>Latest signals</b>",
        "signals_none": "No signals yet.",
        "industries": "<b>Industries and markets</b> (median move of the members)",
        "industries_none": "No industry has prices yet.",
        "industry_help": "More: <code>/industry semiconductors</code>",
        "industry_list": "See /industry for the list.",
        "no_such_industry": "I know no industry '{asked}'.",
        "median": "Median move",
        "breadth": "{up} up · {down} down · {still} unchanged · {missing} not traded today",
        "above_sma": "Above SMA {n}: {share} of {of}",
        "leaders": "Leaders",
        "laggards": "Laggards",
        "strongest_industry": "Strongest in the industry (63 sessions)",
        "strongest_market": "Strongest against the index (63 sessions)",
        "signals_today": "Signals today: ▲{up} ▼{down} ({rules})",
        "muted": "Alerts are muted until {until}.",
        "unmuted": "Alerts are on again.",
        "mute_help": "For how long? For example <code>/mute 1h</code>, <code>/mute 2d</code>, <code>/mute off</code>",
        "language": "I speak English now.",
        "language_help": "<code>/lang ko</code> or <code>/lang en</code>",
        "rules": "<b>Signals you get</b> (✅ yes, ☑️ only while the record is validated, ▫️ no)\n"
        "<code>/rules on|off NAME …</code>, <code>/rules on|off all</code>",
        "quality_help": "Please name a rule, for example <code>/quality golden_cross AAPL</code>. See /rules",
        "quality_none": "No record has been computed yet.",
        "quality_more": "and {count} more",
        "quality_how": "Returns from the next open (▼: short), after costs. Any day: the mean of all days of the same instruments.",
        "rules_unknown": "Unknown rules: {names}. See /rules",
        "settings": "<b>Settings</b>\nLanguage: English\nAlerts: {muted}\n"
        "Predictions without a validated record: {unvalidated}\nBars still forming: {provisional}",
        "on": "on",
        "off": "off",
        "muted_until": "muted until {until}",
        "settings_help": "<code>/settings unproven on|off</code>: whether you get predictions without a validated record too. "
        "Events (price moves, new highs and the like) always come.\n"
        "<code>/settings provisional on|off</code>: whether you get signals on bars that are still forming too.",
        "link_help": "Links a key of the API to this chat: <code>/link CODE</code>. POST /v1/keys/self/link answers with a code. "
        "The API then shares the watchlist and the alerts of this chat. <code>/link off</code> ends it.",
        "linked": "The API key '{name}' is linked to this chat: they share the watchlist and the alerts.",
        "link_refused": "This code is wrong, has expired or was used already. Please get a new one.",
        "unlinked": "The API keys of this chat are no longer linked.",
        "link_none": "No API key is linked to this chat.",
        "status": "<b>Status</b>\nWatched: {count}\nAlerts: {muted}\nLast 24 hours: {deliveries}\nTime: {now}",
        "all": "everything",
        "none": "none",
        "not_allowed": "Only administrators, or whoever added the bot, may change this group's settings.",
        "slow_down": "Too many commands. Please try again in a moment.",
        "trouble": "That does not work right now. Please try again in a moment.",
        "alert_help": "Which condition? For example:\n"
        "<code>/alert rsi_14 &lt; 30 and close &gt; sma_200 on 1d for AAPL, MSFT</code>\n"
        "<code>/alert crosses_above(close, sma_200) for industry:semiconductors</code>\n"
        "Without for, it is for what you watch. With once_per_bar in front, forming bars count too.\n"
        "Columns: sma_50, ema_26, rsi_14, macd, bb_upper_20, atr_14, volume_sma_20 … "
        "of the bar: open high low close volume; close[5] is five bars ago, rsi_14[1h] is on 1h; "
        "or in words: price crosses above the 200 day moving average",
        "alert_more": "How to write one: /alert",
        "explain_help": "Which condition? For example <code>/explain rsi_14 &lt; 30 and close &gt; sma_200</code>",
        "explain_times": "{name}: last true {times} · on {held} of {bars} bars since {since}",
        "explain_never": "{name}: never true on {bars} bars since {since}",
        "explain_unknown": "{name}: not known yet (no bars are stored)",
        "explain_unavailable": "The past cannot be looked at now. Please try again in a moment.",
        "explain_unsupported": "This condition cannot be evaluated over the past yet.",
        "alert_unparsed": "The condition could not be read. Please try a shorter one.",
        "alert_set": "Your alert is set: it is sent at the close of every bar on which the condition is true.",
        "alert_same": "You have this alert already.",
        "alert_watching_none": "Your watchlist is empty, so it cannot fire: /watch an instrument, or name instruments after for.",
        "alert_full": "A chat may have 20 alerts. Remove one with /unalert.",
        "alert_extra": "A chat's alerts may use 10 indicators beyond the standard ones.",
        "alert_busy": "No further indicators or conditions can be accepted now. Use standard ones, such as sma_50 or rsi_14.",
        "alerts": "<b>Your alerts: {count}</b>",
        "alerts_none": "You have no alerts. How to make one: /alert",
        "alerts_remove": "To remove one: <code>/unalert NUMBER</code> or <code>/unalert all</code>",
        "alert_watched": "what you watch",
        "alert_industry": "industry {name}",
        "alert_at_close": "at the bar's close",
        "alert_forming": "on forming bars too",
        "alert_warming_up": "warming up (its indicators are reading past bars)",
        "no_industry": "I know no industry '{asked}'. There are: {names}",
        "unalert_help": "Which number? See /alerts",
        "unalert_none": "You have no alert with that number. See /alerts",
        "unalerted": "The alert is removed.",
        "topic_gone": "📌 The topic of this alert accepts no messages any more, so it is sent here.",
        "replayed": "⏪ Replayed data (past prices, not live)",
        "advice": "<i>Not investment advice</i>",
    },
}


def phrase(language: str, key: str, **values: object) -> str:
    """A phrase with its values, which the caller must have escaped.

    >>> phrase("en", "no_such", asked="XYZ")
    "I know no instrument 'XYZ'."
    """
    return PHRASES[language][key].format(**values)
