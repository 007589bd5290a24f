"""Asks one translator after the other until each text has a translation that passes the checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from services.analysis.news.domain.ports import Translation
from services.analysis.news.enrichment.proper_names import Span
from services.analysis.news.translation.checks import Target, fault
from services.analysis.news.translation.errors import PAUSES, TranslatorError
from services.analysis.news.translation.masking import Masked, mask
from services.analysis.news.translation.steps import Step
from services.analysis.news.translation.tables import TranslationTables
from shared.metrics import counter, histogram
from shared.text import normalize

FAILURES: Final = 3
"""In a row, after which a translator is left alone."""
LONGEST_TEXT: Final = 1000
"""Characters of a text, and of its translation."""
DAY_MS: Final = 86_400_000

log: Final = structlog.get_logger("analysis.news")
requests: Final = counter(
    "analysis_news_translation_requests_total", "Requests to a translator, by outcome.", ["translator", "outcome"]
)
rejected: Final = counter("analysis_news_translations_rejected_total", "Answers that failed a check.", ["translator", "check"])
seconds: Final = histogram(
    "analysis_news_translation_seconds", "Time from a request to a translator to its answer or failure.", ["translator"]
)


class TranslationChain:
    """Translates stories from English. ``names`` finds what must not be changed in a text; ``now`` is in milliseconds."""

    def __init__(
        self,
        steps: Sequence[Step],
        tables: TranslationTables,
        target: Target,
        names: Callable[[str], Sequence[Span]],
        now: Callable[[], int],
        *,
        pause_seconds: float,
        cache_days: int,
    ) -> None:
        self._steps = steps
        self._tables = tables
        self._target = target
        self._names = names
        self._now = now
        self._pause_ms = round(pause_seconds * 1000)
        self._cache_ms = cache_days * DAY_MS
        self._paused_until: dict[str, int] = {}
        self._day = 0
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=FAILURES, default_ttl=pause_seconds, exclude=[(TranslatorError, _own_budget)]
        )

    async def translate(self, title: str, summary: Sequence[str], language: str) -> Translation | None:
        """The title and every sentence translated, or None: the story is not English, or no translator can do it now.

        Raises:
            TransientError: the database does not answer.
        """
        if language != "en" or not title:
            return None
        await self._begin_day()
        texts = [text[:LONGEST_TEXT] for text in (title, *summary)]
        done = {text: (text, "") for text in texts if not any(map(str.isalpha, text))}
        done |= await self._tables.known(texts)
        for step in self._steps:
            missing = [text for text in dict.fromkeys(texts) if text not in done]
            if not missing:
                break
            name, most = step.translator.name, step.translator.at_a_time
            for first in range(0, len(missing), most):
                found = await self._ask(step, missing[first : first + most])
                if found is None:
                    break
                await self._tables.keep(found, name, self._now())
                done |= {text: (translation, name) for text, translation in found.items()}
        if any(text not in done for text in texts):
            return None
        used = "+".join(dict.fromkeys(name for _, name in map(done.__getitem__, texts) if name))
        translated, *sentences = (done[text][0] for text in texts)
        return Translation(translated, tuple(sentences), used)

    async def _ask(self, step: Step, texts: Sequence[str]) -> dict[str, str] | None:
        """What the translator gave that passes the checks; None where it is not to be asked, or failed."""
        name = step.translator.name
        if self._paused_until.get(name, 0) > self._now():
            return None
        masked = {text: mask(text, self._names(text), korean=self._target.korean) for text in texts}
        try:
            async with await self._breakers.get_breaker(name):
                await self._charge(step, sum(len(each.text) for each in masked.values()))
                with seconds.labels(name).time():
                    answers = await step.translator.translate([each.text for each in masked.values()])
                found = self._accepted(name, masked, answers)
        except OpenedState:
            return None
        except TranslatorError as error:
            requests.labels(name, error.reason).inc()
            log.warning("a translator gave no translation", translator=name, reason=error.reason, detail=str(error))
            if error.reason in PAUSES:
                pause = self._pause_ms if error.pause_seconds is None else round(error.pause_seconds * 1000)
                self._paused_until[name] = self._now() + pause
            return None if error.reason != "rejected" else {}
        requests.labels(name, "ok").inc()
        return found

    async def _charge(self, step: Step, characters: int) -> None:
        """Raises TranslatorError: the day's characters are used up."""
        name = step.translator.name
        if step.daily is not None and not await self._tables.charge(name, self._day, characters, step.daily):
            raise TranslatorError(name, "budget")

    def _accepted(self, name: str, masked: dict[str, Masked], answers: Sequence[str]) -> dict[str, str]:
        """The answers that pass the checks. Raises TranslatorError: there are not as many answers as texts, or none passes."""
        if len(answers) != len(masked):
            raise TranslatorError(name, "malformed", f"{len(answers)} answers to {len(masked)} texts")
        found = {}
        for (text, one), given in zip(masked.items(), answers, strict=True):
            answer = " ".join(normalize(given, LONGEST_TEXT).split())
            if failed := fault(one, answer, self._target):
                rejected.labels(name, failed).inc()
            else:
                found[text] = one.restore(answer, korean=self._target.korean)
        if not found:
            raise TranslatorError(name, "rejected", "no answer passes the checks")
        return found

    async def _begin_day(self) -> None:
        """With each new day, remove old translations."""
        now = self._now()
        day = int(datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d"))
        if day != self._day:
            await self._tables.forget(now - self._cache_ms)
            self._day = day


def _own_budget(error: BaseException) -> bool:
    """Whether we did not ask, by our own limit: no failure of the translator."""
    return isinstance(error, TranslatorError) and error.reason == "budget"
