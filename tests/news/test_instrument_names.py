"""Which instruments a text names: hard cases in English and Korean."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analysis.news.enrichment.data_files import read_lines
from services.analysis.news.enrichment.enricher import Enricher
from services.analysis.news.enrichment.instruments import InstrumentNames, Named
from services.analysis.news.enrichment.known import KnownInstrument, NameLine
from services.analysis.news.enrichment.language import language_of
from services.analysis.news.enrichment.wording import read_wording
from tests.news.article_texts import Text
from tests.news.labelled_headlines import headlines, instruments

LINES = read_lines("names.jsonl", NameLine)
NAMES = InstrumentNames(instruments(), LINES)
ENRICHER = Enricher(instruments())


def find(text: str) -> list[Named]:
    return NAMES.find(read_wording(text), language_of(text))


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("Apple unveils a thinner laptop", ["AAPL"]),
        ("APPLE UNVEILS A THINNER LAPTOP", ["AAPL"]),
        ("Apple growers lose a third of the harvest", []),
        ("The best apple pie in town", []),
        ("An apple a day", []),
        ("Meta cuts jobs", ["META"]),
        ("A meta joke that nobody got", []),
        ("Meta-analysis of 40 trials", []),
        ("메타가 조직을 개편한다", ["META"]),
        ("메타버스 열풍이 식었다", []),
        ("메타분석 결과", []),
        ("SK Group chairman visits Washington", []),
        ("SK그룹 회장 방미", []),
        ("SK hynix's sales", ["000660.KS"]),
        ("SK하이닉스와 SK텔레콤은", ["000660.KS", "017670.KS"]),
        ("삼성전자가", ["005930.KS"]),
        ("삼성전자에서는", ["005930.KS"]),
        ("삼성전자우", []),
        ("삼성전자서비스 노조", []),
        ("삼성 라이온즈 승리", []),
        ("삼성동 맛집", []),
        ("Samsung Life raises dividend", ["032830.KS"]),
        ("카카오뱅크·카카오", ["323410.KS", "035720.KS"]),
        ("카카오페이 흑자", []),
        ("카카오 원두값 폭락", []),
        ("기아가 신차를 냈다", ["000270.KS"]),
        ("기아에 시달리는 난민", []),
        ("기아 타이거즈 우승", []),
        ("美애플, 신제품 공개", ["AAPL"]),
        ("Visa beats profit estimates as card spending grows", ["V"]),
        ("Visa rules tighten for students", []),
        ("비자 발급이 늦어진다", []),
        ("비자·마스터카드 수수료 인하", ["V", "MA"]),
        ("Amazon opens a warehouse", ["AMZN"]),
        ("Amazon rainforest shrinks", []),
        ("Harrison Ford turns 83", []),
        ("Ford recalls trucks", ["F"]),
        ("US intel points to new missile", []),
        ("KT&G 배당 확대", []),
        ("KT는 배당을 늘린다", ["030200.KS"]),
        ("Nasdaq-listed shell company", []),
        ("Nasdaq ends lower", ["^IXIC"]),
        ("Bitcoin Cash jumps 20%", []),
        ("paid 43 billion yen for it", []),
        ("Yen slides past 157 per dollar", ["JPY=X"]),
        ("Samsung won $16 billion order", ["005930.KS"]),
        ("배추값이 금값", []),
        ("국제 금값 최고", ["GC=F"]),
        ("$TSLA and $F jump", ["TSLA", "F"]),
        ("Maker (NYSE: F) recalls", ["F"]),
        ("Maker (grade F) recalls", []),
        ("[005930] 급등", ["005930.KS"]),
        ("005930.KS closes higher", ["005930.KS"]),
        ("COST of living and ARM injuries", []),
        ("NVDA leads", ["NVDA"]),
        ("MS, 신형 서피스 공개", ["MSFT"]),
        ("MS drug trial fails", []),
        ("McDonald’s brings back its menu", ["MCD"]),
        ("Coca‑Cola names a chief", ["KO"]),
    ],
)
def test_what_a_text_names(text: str, symbols: list[str]) -> None:
    assert [each.symbol for each in find(text)] == symbols


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_forms_of_unicode_and_invisible_characters_change_nothing(form: str) -> None:
    text = unicodedata.normalize(form, "삼성전자가 ＡＭＤ를 이겼다").replace("전", "전\u200b")  # type: ignore[arg-type]
    assert [each.symbol for each in find(text)] == ["005930.KS", "AMD"]


def test_the_reason_is_stated() -> None:
    reasons = {each.symbol: (each.reason, each.found) for each in find("삼성전자(하이닉스 아님)와 iPhone, $TSLA")}
    assert reasons == {
        "005930.KS": ("name", "삼성전자"),
        "000660.KS": ("alias", "하이닉스"),
        "AAPL": ("alias", "iPhone"),
        "TSLA": ("ticker", "TSLA"),
    }


def test_a_feed_about_an_instrument_vouches_for_an_ambiguous_name() -> None:
    title = "Strategy raises its target"
    assert ENRICHER.enrich([Text(title=title)]).instruments == ()
    (link,) = ENRICHER.enrich([Text(title=title, symbols=("MSTR",))]).instruments
    assert (link.name, link.reason, link.found) == ("MSTR", "alias", "Strategy")
    (link,) = ENRICHER.enrich([Text(title="Shares rise", symbols=("MSTR", "UNKNOWN"))]).instruments
    assert (link.name, link.reason) == ("MSTR", "feed")


def test_what_one_excerpt_of_many_mentions_is_no_link() -> None:
    articles = [Text(title=f"Nvidia raises its forecast ({n})", excerpt="") for n in range(4)]
    articles[2] = Text(title="Nvidia forecast up", excerpt="In other news, Boeing delivered a jet.")
    assert [each.name for each in ENRICHER.enrich(articles).instruments] == ["NVDA"]
    assert [each.name for each in ENRICHER.enrich(articles[2:3]).instruments] == ["NVDA", "BA"]


def test_every_reviewed_line_is_of_a_known_instrument_and_found() -> None:
    known = {each.symbol for each in instruments()}
    assert [line for line in LINES if line.symbol is not None and line.symbol not in known] == []
    plain = [line for line in LINES if line.symbol and not line.needs]
    missed = [
        (name, line.symbol) for line in plain for name in line.names if line.symbol not in {e.symbol for e in _alone(name, line)}
    ]
    assert missed == []


def _alone(name: str, line: NameLine) -> list[Named]:
    return NAMES.find(read_wording(name), line.language or language_of(name))


def test_ten_thousand_names_take_little_time() -> None:
    many = [
        KnownInstrument(symbol=f"S{n}", name_en=f"Company {n} Holdings", name_ko=f"회사{n}홀딩스", kind="stock")
        for n in range(5000)
    ]
    finder = InstrumentNames([*instruments(), *many], LINES)
    text = read_wording(" ".join(each.text for each in headlines())[:2000])
    spent = []
    for _ in range(20):
        began = time.process_time()
        assert len(finder.find(text, "en")) > 10
        spent.append(time.process_time() - began)
    assert min(spent) < 0.003  # 0.001 is the aim; a busy machine gets a margin


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_is_refused(title: str, excerpt: str) -> None:
    answer = ENRICHER.enrich([Text(title=title, excerpt=excerpt, topics=(excerpt[:20],))])
    assert answer.category.name
    assert all(each in excerpt for each in answer.summary)


@pytest.mark.parametrize(
    "text", ["삼성전자" * 600, "a" * 5000, "$" * 3000, "(" * 3000, "Apple " * 800, "\u1109" * 3000, "가" * 3000]
)
def test_a_long_hostile_title_takes_little_time(text: str) -> None:
    began = time.process_time()
    ENRICHER.enrich([Text(title=text, excerpt=text)])
    assert time.process_time() - began < 1
