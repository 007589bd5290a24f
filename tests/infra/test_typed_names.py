"""Names that are typed after ``make run``."""

from __future__ import annotations

import pytest

from infra.local.errors import StackError
from infra.local.settings import LocalSettings
from infra.local.typed_names import require_known_names, setting_names
from services.analysis.industries.settings import IndustriesSettings
from services.analysis.live.settings import LiveSettings
from services.analysis.news.settings import NewsSettings
from services.analysis.research.settings import ResearchSettings
from services.gateway.settings import Settings
from services.ingest.settings import IngestSettings
from services.notifier.settings import NotifierSettings


def test_every_setting_of_every_service_is_known() -> None:
    every = (
        LocalSettings, IngestSettings, LiveSettings, IndustriesSettings, ResearchSettings, NewsSettings, NotifierSettings, Settings,
    )  # fmt: skip
    assert {name.upper() for each in every for name in each.model_fields} <= setting_names()


@pytest.mark.parametrize(
    ("typed", "meant"), [("TAPPE=x", "TAPE"), ("tape=x", "TAPE"), ("KAFKAPORT=1", "KAFKA_PORT"), (r"PORT=1 SOURSE=a\ b", "SOURCE")]
)
def test_a_misspelt_setting_is_refused_with_the_right_name(typed: str, meant: str) -> None:
    with pytest.raises(StackError, match=f"there is no such setting. Did you mean {meant}"):
        require_known_names(f" -- {typed}")


@pytest.mark.parametrize("flags", ["", "rR", " -- TAPE=x PORT=1", "w -- LANG=C TELEGRAM_BOT_TOKEN=a:b FOO=1 SPEED=60 PYTHON=x"])
def test_settings_and_names_of_others_are_accepted(flags: str) -> None:
    require_known_names(flags)
