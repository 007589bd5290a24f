from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import get_contextvars

from shared import logs, metrics
from shared.failures import FailureAction, FencedError, PoisonError, TransientError, classify
from shared.settings import MeshSettings
from shared.wire import WireError


@pytest.mark.parametrize(
    "text",
    [
        "mysql+aiomysql://fin:canary@db:3306/x",
        "redis://:canary@h",
        "amqp://u:p@canary@h/",
        "bot123456789:canary_canary-canary-canary-can failed",
        "https://api.telegram.org/bot123456789:AAcanarycanarycanarycanarycanary/getMe",
        "Authorization: Bearer canary",
        'headers={"Authorization": "DeepL-Auth-Key canary"}',
        "?crumb=canary&x=1",
        "api_key='canary'",
        '{"TELEGRAM_BOT_TOKEN": "canary"}',
        "X-NCP-APIGW-API-KEY: canary",
        "Cookie: canary",
        "password=canary;",
    ],
)
def test_texts_like_secrets_are_redacted(text: str) -> None:
    assert "canary" not in logs.redact(text)


@pytest.mark.parametrize("text", ["12 partitions at 10:30:00", "https://example.org/a?b=1", "SMA 50 crosses SMA 200", "ratio 3:4"])
def test_other_text_stays(text: str) -> None:
    assert logs.redact(text) == text


def test_half_of_a_pair_of_utf_16_is_written_as_a_question_mark() -> None:
    assert logs.redact("a\ud800b") == "a?b"


def test_secrets_are_redacted_at_any_depth_and_by_name() -> None:
    found = logs.redact_values(
        {"a": [{"token": "canary"}, ("api_key=canary",)], "password": ["canary"], "error": ValueError("token=canary"), "n": 1}
    )
    assert "canary" not in repr(found)
    assert found["n"] == 1


@given(st.text(max_size=20).filter(lambda text: "*" not in text).map("canary-{}".format))  # it stays hidden: no other word
def test_a_registered_secret_is_redacted(secret: str) -> None:
    logs.hide_secrets([secret])
    assert secret not in logs.redact(f"before {secret} after")


def test_passwords_in_urls_of_settings_are_secrets() -> None:
    settings = MeshSettings(database_url="mysql+aiomysql://fin:canary-pw@db/x", _env_file=None)
    assert list(logs.secrets_of(settings)) == ["canary-pw"]


def test_a_trace_applies_within_its_block() -> None:
    with logs.tracing("00-" + "a" * 32 + "-" + "b" * 16 + "-01"):
        assert get_contextvars()["trace_id"] == "a" * 32
        assert (logs.current_trace() or "").startswith("00-aaaa")
    assert logs.current_trace() is None


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (TransientError("x"), "retry"),
        (TimeoutError(), "retry"),
        (ConnectionResetError(), "retry"),
        (PoisonError("x"), "dead-letter"),
        (WireError("x"), "dead-letter"),
        (UnicodeDecodeError("utf8", b"\xff", 0, 1, "x"), "dead-letter"),
        (OverflowError(), "dead-letter"),
        (FencedError("x"), "crash"),
        (MemoryError(), "crash"),
        (RuntimeError("x"), "crash"),
        (AssertionError(), "crash"),
    ],
)
def test_failures_are_classified(error: BaseException, action: FailureAction) -> None:
    assert classify(error) == action


def test_metrics_keep_their_naming_rule() -> None:
    first = metrics.counter("test_things_total", "Things.", ("kind",))
    assert metrics.counter("test_things_total", "Things.", ("kind",)) is first
    first.labels("a").inc()
    assert b'finstage_test_things_total{kind="a"} 1.0' in metrics.render()[0]
    with pytest.raises(ValueError, match="already"):
        metrics.gauge("test_things_total", "Things.")
    for bad in ("Things", "things", "test-things", "test__things"):
        with pytest.raises(ValueError, match="metric"):
            metrics.counter(bad, "Things.")
