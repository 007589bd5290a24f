"""Opens the translators that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from services.analysis.news.enrichment.proper_names import Span
from services.analysis.news.settings import TranslatorSettings
from services.analysis.news.translation.chain import TranslationChain
from services.analysis.news.translation.checks import KOREAN, Target
from services.analysis.news.translation.deepl import DeepL
from services.analysis.news.translation.http import TranslationHttp
from services.analysis.news.translation.libretranslate import LibreTranslate
from services.analysis.news.translation.local_model import LocalModel
from services.analysis.news.translation.papago import Papago
from services.analysis.news.translation.steps import Step
from services.analysis.news.translation.tables import TranslationTables
from shared.db import Database


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
