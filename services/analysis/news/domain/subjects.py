"""What macroeconomic and market headlines are about, by its names in English and Korean."""

from __future__ import annotations

from typing import Final

SUBJECTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "actor": {
        "fed": ("fed", "fed's", "federal reserve", "fomc", "powell", "연준", "파월"),
        "ecb": ("ecb", "european central bank", "lagarde", "유럽중앙은행"),
        "boj": ("boj", "bank of japan", "ueda", "일본은행", "일은"),
        "boe": ("boe", "bank of england", "영란은행"),
        "bok": ("bok", "bank of korea", "한국은행", "한은", "금통위"),
        "pboc": ("pboc", "people's bank of china", "인민은행"),
        "opec": ("opec", "opec+"),
        "fda": ("fda",),
        "sec": ("sec",),
        "opec-other": ("iea",),
    },
    "place": {
        "us": ("us", "u.s.", "united states", "america", "american", "미국", "미"),
        "korea": ("korea", "korea's", "south korea", "south korea's", "korean", "한국", "국내"),
        "japan": ("japan", "japan's", "japanese", "nikkei", "일본", "닛케이"),
        "china": ("china", "china's", "chinese", "beijing", "중국"),
        "europe": ("eu", "europe", "europe's", "euro zone", "eurozone", "유럽", "유로존"),
        "uk": ("uk", "u.k.", "britain", "britain's", "british", "영국"),
        "germany": ("germany", "germany's", "german", "독일"),
        "france": ("france", "france's", "french", "프랑스"),
        "india": ("india", "india's", "indian", "인도", "인도법인"),
        "taiwan": ("taiwan", "taiwan's", "대만"),
        "canada": ("canada", "canada's", "캐나다"),
        "mexico": ("mexico", "mexico's", "멕시코"),
        "russia": ("russia", "russia's", "러시아"),
        "ukraine": ("ukraine", "ukraine's", "우크라이나"),
        "poland": ("poland", "poland's", "폴란드"),
        "romania": ("romania", "romania's", "루마니아"),
        "brics": ("brics", "브릭스"),
        "iran": ("iran", "iran's", "이란"),
        "israel": ("israel", "israel's", "이스라엘"),
        "saudi": ("saudi", "saudi arabia", "사우디"),
        "vietnam": ("vietnam", "vietnam's", "베트남"),
        "australia": ("australia", "australia's", "호주"),
    },
    "measure": {
        "consumer-prices": ("cpi", "consumer prices", "consumer price", "소비자물가"),
        "producer-prices": ("ppi", "producer prices", "producer price", "생산자물가"),
        "pce": ("pce",),
        "payrolls": ("payrolls", "jobs report", "nonfarm", "adds jobs", "비농업"),
        "jobless-claims": ("jobless claims", "실업수당"),
        "growth": ("gdp", "economy grows", "economy shrinks", "성장률", "성장"),
        "exports": ("exports", "수출"),
        "retail-sales": ("retail sales", "소매판매"),
        "industrial-output": ("industrial output", "industrial production", "산업생산"),
        "pmi": ("pmi",),
        "wages": ("wage deal", "wages", "임금협상", "임협", "임단협"),
    },
    "asset": {
        "gold": ("gold", "금값", "금 가격"),
        "silver": ("silver", "은값"),
        "copper": ("copper", "구리"),
        "oil": ("oil", "crude", "brent", "wti", "국제유가", "유가"),
        "natural-gas": ("natural gas", "천연가스"),
        "bitcoin": ("bitcoin", "bitcoins", "btc", "비트코인"),
        "ether": ("ether", "ethereum", "이더리움"),
        "won": ("won weakens", "won closes", "won slumps", "won falls", "won rises", "원화", "원/달러", "원달러", "환율"),
        "yen": ("yen", "엔화", "엔고", "엔저"),
        "euro": ("euro falls", "euro slides", "euro rises", "euro gains", "유로화"),
        "yields": ("treasury yields", "yields", "yield", "국채금리"),
        "us-stocks": ("wall street", "us stocks", "뉴욕증시", "뉴욕 증시"),
        "kospi": ("kospi", "코스피"),
        "kosdaq": ("kosdaq", "코스닥"),
        "nikkei": ("nikkei", "닛케이"),
    },
}
"""Kind -> subject -> names in lower case. A Korean name of one syllable is a word of its own; a longer one may have a particle."""

_KOREAN: Final = [
    (kind, subject, name)
    for kind, subjects in SUBJECTS.items()
    for subject, names in subjects.items()
    for name in names
    if not name.isascii() and len(name) > 1
]
_WORDS: Final = [
    (kind, subject, f" {name} ")
    for kind, subjects in SUBJECTS.items()
    for subject, names in subjects.items()
    for name in names
    if name.isascii() or len(name) == 1
]


def subjects(words: str) -> frozenset[tuple[str, str]]:
    """The (kind, subject) pairs named in words as ``wording.words`` gives them.

    >>> sorted(subjects(" fed cuts interest rates as oil falls "))
    [('actor', 'fed'), ('asset', 'oil')]
    """
    found = {(kind, subject) for kind, subject, name in _WORDS if name in words}
    return frozenset(found | {(kind, subject) for kind, subject, name in _KOREAN if f" {name}" in words})
