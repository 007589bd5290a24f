"""Opens the translators that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from services.analysis.news.enrichment.data_files import read_lines
from services.analysis.news.enrichment.instruments import InstrumentNames
from services.analysis.news.enrichment.known import KnownInstrument, NameLine
from services.analysis.news.enrichment.wording import read_wording
from services.analysis.news.translation.chain import Step, TranslationChain
from services.analysis.news.translation.checks import KOREAN, Target
from services.analysis.news.translation.deepl import DeepL
from services.analysis.news.translation.http import TranslationHttp
from services.analysis.news.translation.libretranslate import LibreTranslate
from services.analysis.news.translation.local_model import LocalModel
from services.analysis.news.translation.masking import Span
from services.analysis.news.translation.papago import Papago
from services.analysis.news.translation.settings import TranslatorSettings
from services.analysis.news.translation.tables import TranslationTables
from shared.db import Database

NAMED_KINDS: Final = frozenset({"stock", "etf", "crypto"})
"""Kinds whose names are proper names; gold, oil and the dollar are words that a translator knows."""


@asynccontextmanager
async def open_translation(
    settings: TranslatorSettings,
    database: Database,
    names: Callable[[str], Sequence[Span]],
    now: Callable[[], int],
    target: Target = KOREAN,
) -> AsyncIterator[TranslationChain | None]:
    """The chain of the translators that are set, or None where none is."""
    async with AsyncExitStack() as stack:
        http = TranslationHttp(settings.translation_seconds)
        stack.push_async_callback(http.close)
        steps: list[Step] = []
        if settings.translation_model is not None:
            model = LocalModel(settings.translation_model, settings.translation_seconds)
            stack.push_async_callback(model.close)
            steps.append(Step(model))
        if settings.libretranslate_url:
            libre = LibreTranslate(http, settings.libretranslate_url, settings.libretranslate_key, target.code)
            steps.append(Step(libre, settings.libretranslate_daily))
        if settings.deepl_key.get_secret_value():
            steps.append(Step(DeepL(http, settings.deepl_address, settings.deepl_key, target.code), settings.deepl_daily))
        if settings.papago_key.get_secret_value():
            papago = Papago(http, settings.papago_url, settings.papago_key_id, settings.papago_key, target.code)
            steps.append(Step(papago, settings.papago_daily))
        tables = TranslationTables(database, "en", target.code)
        pause_seconds, cache_days = settings.translation_pause_seconds, settings.translation_cache_days
        chain = TranslationChain(steps, tables, target, names, now, pause_seconds=pause_seconds, cache_days=cache_days)
        yield chain if steps else None


class InstrumentSpans:
    """Finds the names of instruments in an English text, with their Korean names."""

    def __init__(self, instruments: Sequence[KnownInstrument]) -> None:
        self._names = InstrumentNames(instruments, read_lines("names.jsonl", NameLine))
        self._korean = {each.symbol: each.name_ko for each in instruments if each.kind in NAMED_KINDS}

    def __call__(self, text: str) -> Sequence[Span]:
        """Where the text names instruments: by the English name they stand in Korean, by another name or a ticker as they are."""
        wording = read_wording(text)
        if wording.text != text:  # the places of one are not those of the other
            return ()
        return [
            Span(each.start, each.start + len(each.found), self._korean[each.symbol] if each.reason == "name" else each.found)
            for each in self._names.mentions(wording, "en")
            if each.symbol in self._korean
        ]
