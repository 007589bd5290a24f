"""Settings of the notifier: documented, validated at the start, and without secrets in messages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.notifier.settings import NotifierSettings
from tests.preloading.process import Process
from tests.setting_docs import undocumented

HOOK = '[{"name": "desk", "url": "https://example.com/x", "secret": "canary-canary-canary"}]'


def settings(**more: Any) -> NotifierSettings:
    return NotifierSettings(_env_file=None, **more)


def test_every_setting_is_documented() -> None:
    assert undocumented(NotifierSettings) == []


@pytest.mark.parametrize(
    ("argument", "code", "words"), [("nonsense", 2, "unrecognized arguments: nonsense"), ("--help", 0, "usage:")]
)
def test_the_service_takes_no_arguments(tmp_path: Path, argument: str, code: int, words: str) -> None:
    process = Process(("services.notifier", argument), os.environ, tmp_path / "log")
    assert process.wait(60) == code
    assert words in (tmp_path / "log").read_text("utf-8")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"webhooks": "{"}, "WEBHOOKS"),
    ({"webhooks": '[{"name": "desk"}]'}, "url"),
    ({"webhooks": HOOK.replace("canary-canary-canary", "short")}, "16 characters"),
    ({"webhooks": f"[{HOOK[1:-1]},{HOOK[1:-1]}]"}, "same name"),
    ({"webhooks": HOOK.replace("}", ', "extra": 1}')}, "extra"),
    ({"lease_seconds": 5, "send_timeout": 20}, "LEASE_SECONDS"),
    ({"alert_language": "fr"}, "alert_language"),
]


@pytest.mark.parametrize(("given", "message"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_invalid_settings_are_refused_with_their_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message) as error:
        settings(**given)
    assert "canary" not in str(error.value)


def test_secrets_are_not_in_the_repr() -> None:
    given = settings(telegram_bot_token="1:canary", webhooks=HOOK)
    assert "canary" not in repr(given)
    assert "canary" not in repr(given.webhook_targets)
    assert given.webhook_targets[0].secret == "canary-canary-canary"


@pytest.mark.parametrize(
    ("given", "console"),
    [({}, True), ({"telegram_bot_token": "1:x"}, False), ({"telegram_bot_token": "1:x", "console_alerts": True}, True)],
)
def test_the_console_is_enabled_without_a_token(given: dict[str, Any], console: bool) -> None:
    assert settings(**given).console_enabled is console
