"""The bundled universe is right, errors name line, field and value, and the tables match the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from services.ingest.adapters.instruments import read_universe, store_universe
from services.ingest.domain.universe import Universe, UniverseError, parse_universe
from services.ingest.settings import IngestSettings
from shared.calendars import CALENDARS
from shared.db import Database, open_database
from shared.tables import industries, instrument_industries, instruments, markets

BUNDLED = IngestSettings.model_fields["universe"].default
# fmt: off
MUST = {
    "^IXIC", "^GSPC", "^DJI", "^KS11", "^KQ11", "^VIX", "ES=F", "NQ=F",
    "YM=F", "GC=F", "CL=F", "AAPL", "AMZN", "GOOGL", "TSLA", "META",
    "NVDA", "MSFT", "TQQQ", "SOXL", "SQQQ", "SOXS", "005930.KS", "000660.KS",
    "035420.KS", "KRW=X", "EURUSD=X", "BTC-USD", "ETH-USD", "LTC-USD", "SPY", "IBM",
    "BAC", "AIG", "GOOG", "QQQ", "IWM", "EEM", "USO", "WM",
}
# fmt: on
GOOD: dict[str, Any] = {
    "symbol": "AAPL",
    "name_en": "Apple",
    "name_ko": "애플",
    "exchange": "NASDAQ",
    "currency": "USD",
    "kind": "stock",
    "industries": ["chips"],
}
CHIPS = '{"industry": "chips", "name_en": "Chips", "name_ko": "반도체"}'
US = '{"market": "us", "name_en": "US", "name_ko": "미국", "exchanges": ["NYSE", "NASDAQ"], "suffix": "", "benchmarks": ["AAPL"]}'


def test_the_bundled_universe_has_what_the_conventions_name() -> None:
    universe = read_universe(BUNDLED)
    assert {each.symbol for each in universe.instruments} >= MUST
    assert len(universe.instruments) >= 120
    assert {each.exchange for each in universe.instruments} == set(CALENDARS)
    samsung = universe.find("005930.KS")
    assert samsung is not None
    assert samsung.name_ko == "삼성전자"


def test_every_industry_has_instruments_and_a_korean_name() -> None:
    universe = read_universe(BUNDLED)
    used = {industry for each in universe.instruments for industry in each.industries}
    assert {each.industry for each in universe.industries} == used
    assert all(any("가" <= letter <= "힣" for letter in each.name_ko) for each in universe.industries)
    assert {"semiconductors", "blockchain", "ai", "batteries", "biotech", "banks", "energy", "defence"} <= used


def test_every_stock_has_a_market_with_benchmarks() -> None:
    universe = read_universe(BUNDLED)
    measured = {}
    for each in universe.instruments:
        held = [m for m in universe.markets if each.exchange in m.exchanges and each.symbol.endswith(m.suffix)]
        measured[each.symbol] = held[0].benchmarks if held else ()
        assert measured[each.symbol] or each.kind not in {"stock", "crypto"}, each
    assert measured["AAPL"] == ("^IXIC", "SPY")
    assert measured["JPM"] == ("^GSPC", "SPY")
    assert measured["005930.KS"][0] == "^KS11"
    assert measured["247540.KQ"][0] == "^KQ11"
    assert {market.market for market in universe.markets} >= {"all", "us", "korea"}


def test_symbols_match_their_exchange_and_currency() -> None:
    for each in read_universe(BUNDLED).instruments:
        korean = each.symbol.endswith((".KS", ".KQ"))
        assert korean == (each.exchange == "KRX" and each.kind != "index"), each
        if korean:
            assert each.symbol[:6].isdigit(), each
            assert each.currency == "KRW"
        assert each.symbol.startswith("^") == (each.kind == "index"), each
        assert (each.exchange == "CRYPTO") == (each.kind == "crypto"), each


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"exchange": "MOON"}, ["line 2", "exchange", "'MOON'"]),
        ({"kind": "bond"}, ["line 2", "kind", "'bond'"]),
        ({"industries": ["rockets"]}, ["line 2", "industries", "'rockets'"]),
        ({"industries": ["chips", "chips"]}, ["line 2", "industries", "twice"]),
        ({"name_ko": ""}, ["line 2", "name_ko", "''"]),
        ({"name_en": "x" * 97}, ["line 2", "name_en"]),
        ({"symbol": "aapl"}, ["line 2", "symbol", "'aapl'"]),
        ({"symbol": "AA PL"}, ["line 2", "symbol", "'AA PL'"]),
        ({"symbol": "A" * 33}, ["line 2", "symbol"]),
        ({"currency": "usd"}, ["line 2", "currency", "'usd'"]),
        ({"currency": 1}, ["line 2", "currency"]),
        ({"colour": "red"}, ["line 2", "colour"]),
        ({"name_ko": None}, ["line 2", "name_ko"]),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(UniverseError) as caught:
        parse_universe([CHIPS, json.dumps(GOOD | change)])
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{", ""], ["line 1", "not JSON"]),
        (["[]"], ["line 1", "object"]),
        ([""], ["no instrument"]),
        ([CHIPS, CHIPS], ["line 2", "'chips'", "twice"]),
        ([CHIPS, json.dumps(GOOD), json.dumps(GOOD)], ["line 3", "'AAPL'", "twice"]),
        ([CHIPS, '{"name_en": "x"}'], ["line 2", "symbol"]),
        ([CHIPS, US, US], ["line 3", "'us'", "twice"]),
        ([CHIPS, US.replace('"us"', '"chips"'), json.dumps(GOOD)], ["line 2", "'chips'", "industry too"]),
        ([CHIPS, US.replace("AAPL", "MOON"), json.dumps(GOOD)], ["line 2", "benchmarks", "'MOON'"]),
        ([CHIPS, US.replace('["NYSE", "NASDAQ"]', "[]")], ["line 2", "exchanges", "[]"]),
        ([CHIPS, US.replace("NYSE", "MARS")], ["line 2", "exchanges", "'MARS'"]),
        ([CHIPS, US.replace('"suffix": ""', '"suffix": ".kq"')], ["line 2", "suffix", "'.kq'"]),
    ],
)
def test_a_wrong_line_is_named(lines: list[str], words: list[str]) -> None:
    with pytest.raises(UniverseError) as caught:
        parse_universe(lines)
    for word in words:
        assert word in str(caught.value)


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UniverseError, match=r"nothing\.jsonl"):
        read_universe(tmp_path / "nothing.jsonl")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UniverseError, match=r"binary\.jsonl"):
        read_universe(tmp_path / "binary.jsonl")


async def _stored(url: str) -> tuple[dict[str, bool], set[tuple[str, str]], set[str]]:
    async with open_database(url) as database, database.connect() as connection:
        active = {row.symbol: bool(row.active) for row in await connection.execute(select(instruments))}
        links = {(row.symbol, row.industry) for row in await connection.execute(select(instrument_industries))}
        named = set((await connection.execute(select(industries.c.industry))).scalars())
    return active, links, named


async def _markets(database: Database) -> list[str]:
    async with database.connect() as connection:
        return list((await connection.execute(select(markets.c.market).order_by(markets.c.place))).scalars())


async def test_the_tables_match_the_file_and_storing_twice_changes_nothing(database_url: str) -> None:
    universe = read_universe(BUNDLED)
    async with open_database(database_url) as database:
        await store_universe(database, universe)
        first = await _stored(database_url)
        await store_universe(database, universe)
    assert await _stored(database_url) == first
    active, links, named = first
    assert all(active.values())
    assert len(active) == len(universe.instruments)
    assert links == {(each.symbol, industry) for each in universe.instruments for industry in each.industries}
    assert named == {each.industry for each in universe.industries}
    async with open_database(database_url) as database:
        assert await _markets(database) == [each.market for each in universe.markets]
        await store_universe(database, Universe(universe.industries, universe.instruments, universe.markets[2:0:-1]))
        assert await _markets(database) == [each.market for each in universe.markets[2:0:-1]]


async def test_a_removed_instrument_becomes_inactive_and_can_return(database_url: str) -> None:
    universe = read_universe(BUNDLED)
    changed = tuple(
        msgspec.structs.replace(each, industries=()) if each.symbol == "NVDA" else each
        for each in universe.instruments
        if each.symbol != "AAPL"
    )
    async with open_database(database_url) as database:
        await store_universe(database, universe)
        await store_universe(database, Universe(universe.industries, changed))
        active, links, _ = await _stored(database_url)
        assert active["AAPL"] is False
        assert active["NVDA"] is True
        assert not [link for link in links if link[0] in {"AAPL", "NVDA"}]
        await store_universe(database, universe)
    active, links, _ = await _stored(database_url)
    assert active["AAPL"] is True
    assert ("NVDA", "semiconductors") in links
