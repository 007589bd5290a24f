from __future__ import annotations

import contextlib
import importlib
import pkgutil
from pathlib import Path

import pytest

import services
from infra.local.settings import LocalSettings
from services.analysis.research.settings import ResearchSettings
from services.ingest.settings import IngestSettings
from services.notifier.settings import NotifierSettings
from shared.db import engine_of
from shared.settings import EXIT_BAD_SETTINGS, MeshSettings, read_settings
from tests.setting_docs import undocumented


def every_settings_class() -> list[type[MeshSettings]]:
    found = [MeshSettings]
    names = [found.name for found in pkgutil.walk_packages(services.__path__, "services.") if found.name.endswith(".settings")]
    assert len(names) >= 5
    for name in names:
        module = importlib.import_module(name)
        found += [
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, MeshSettings) and one is not MeshSettings
        ]
    return found


@pytest.mark.parametrize("settings", every_settings_class(), ids=lambda found: found.__module__)
def test_every_setting_is_documented_and_frozen(settings: type[MeshSettings]) -> None:
    assert undocumented(settings) == []
    assert settings.model_config["frozen"]


class _Documented(MeshSettings):
    one: int = 1
    """A text."""


class _Undocumented(_Documented):
    one: int = 2
    two: int = 2
    """ """
    instance: str = "x"
    three: int = 3
    """A text."""


def test_a_setting_without_a_docstring_is_found() -> None:
    assert undocumented(_Documented) == []
    assert set(undocumented(_Undocumented)) == {"one", "two", "instance"}


def test_the_environment_sets_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "broker:1")
    monkeypatch.setenv("DRAIN_SECONDS", "3")
    settings = MeshSettings(_env_file=None)
    assert (settings.kafka_bootstrap, settings.drain_seconds) == ("broker:1", 3.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAFKA_BOOTSTRAP", "localhost:kafka"),
        ("DRAIN_SECONDS", "0"),
        ("PROBE_PORT", "70000"),
        ("KAFKA_SESSION_MS", "soon"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_an_invalid_value_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name.lower()):
        MeshSettings(_env_file=None)


def test_invalid_settings_end_the_process_with_a_line_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRAIN_SECONDS", "0")
    monkeypatch.setenv("PROBE_PORT", "many")
    with pytest.raises(SystemExit) as ended:
        read_settings(MeshSettings)
    output = capsys.readouterr().err.splitlines()
    assert ended.value.code == EXIT_BAD_SETTINGS
    assert [line.partition(": Input")[0] for line in output] == [
        "error: setting PROBE_PORT='many'",
        "error: setting DRAIN_SECONDS='0'",
    ]


def test_a_value_of_the_file_of_settings_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DRAIN_SECONDS", "DATABASE_URL", "TELEGRAM_BOT_TOKEN", "WEBHOOKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DRAIN_SECONDS=0\nDATABASE_URL=mysql://fin:canary@db/finstage\nWEBHOOKS=canary\n")
    with pytest.raises(SystemExit):
        read_settings(NotifierSettings)
    output = capsys.readouterr().err
    assert {line.partition(": ")[2].partition(": ")[0] for line in output.splitlines()} == {
        "setting DRAIN_SECONDS='0'",
        "setting DATABASE_URL='mysql://***'",
        "setting WEBHOOKS",
    }
    assert "canary" not in output


def test_a_file_of_settings_in_another_encoding_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"TAPE=caf\xe9\n")
    with pytest.raises(SystemExit) as ended:
        read_settings(MeshSettings)
    assert ended.value.code == EXIT_BAD_SETTINGS
    assert capsys.readouterr().err.startswith("error: the file of settings '.env' is not UTF-8: ")


def test_settings_that_do_not_fit_together_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEASE_SECONDS", "1")
    with pytest.raises(SystemExit):
        read_settings(NotifierSettings)
    assert capsys.readouterr().err == "error: LEASE_SECONDS is 1: it must exceed the longest request, 20 s\n"


def test_a_default_that_depends_on_a_wrong_setting_is_not_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALERT_LANGUAGE", "fr")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(SystemExit):
        read_settings(NotifierSettings)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[2].partition(":")[0] for line in lines] == [" setting ALERT_LANGUAGE='fr'"]


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WEBHOOKS", "hush-hush-canary")
    with pytest.raises(SystemExit):
        read_settings(NotifierSettings)
    output = capsys.readouterr()
    assert "WEBHOOKS" in output.err
    assert "hush-hush-canary" not in output.err + output.out


@pytest.mark.parametrize("settings", [*every_settings_class(), LocalSettings], ids=lambda found: found.__module__)
@pytest.mark.parametrize("value", ["", "{nonsense", "-1", "[[]]"])
def test_no_value_of_a_setting_is_a_crash(
    settings: type[MeshSettings], value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = 0
    for name in settings.model_fields:
        with monkeypatch.context() as alone, contextlib.suppress(SystemExit):
            alone.setenv(name.upper(), value)
            read_settings(settings)
            continue
        refused += 1
        lines = capsys.readouterr().err.splitlines()
        assert lines
        assert all(line.startswith("error: ") and name.upper() in line for line in lines), name
    assert refused


PATHS = ("var", "cache", "universe", "tapes", "news_feeds", "page", "calendar_corrections", "translation_model", "gateway_counts")


@pytest.mark.parametrize("settings", [*every_settings_class(), LocalSettings], ids=lambda found: found.__module__)
def test_an_empty_path_is_not_set(settings: type[MeshSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    names = {name for name in settings.model_fields if name in {*PATHS, "research_artefacts"}}
    assert names >= {name for name, field in settings.model_fields.items() if "Path" in str(field.annotation)}
    for name in names:
        monkeypatch.delenv(name.upper(), raising=False)
    usual = settings(_env_file=None)
    for name in names:
        monkeypatch.setenv(name.upper(), "")
    given = settings(_env_file=None)
    assert [getattr(given, name) for name in names] == [getattr(usual, name) for name in names]
    assert not names & given.model_fields_set


def test_an_empty_path_in_the_file_of_settings_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWS_FEEDS", raising=False)
    (tmp_path / ".env").write_text("NEWS_FEEDS=\n")
    assert IngestSettings(_env_file=tmp_path / ".env").news_feeds.name == "feeds.jsonl"


def test_what_is_written_as_json_may_be_left_empty_only_where_that_means_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEARCH_DATASET_PARAMETERS", "")
    monkeypatch.setenv("QUALITY_TIMEFRAMES", '["1d", "1h"]')
    settings = read_settings(ResearchSettings)
    assert settings.research_dataset_parameters == {}
    assert [each.word for each in settings.quality_timeframes] == ["1d", "1h"]


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("nonsense", "='nonsense': not a URL like sqlite+aiosqlite:///FILE or mysql"),
        ("", "='': not a URL"),
        ("root:canary@host/db", "='***': not a URL"),
        ("root:canary", "='***': not a URL"),
        ("mysql://fin:canary@db/finstage", "='mysql://***': has driver 'mysql'; supported: "),
        ("mysql://db/finstage?password=canary", "='mysql://***': has driver 'mysql'"),
        ("postgresql://db/finstage", "='postgresql://db/finstage': has driver 'postgresql'"),
        ("mysql+aiomysql://fin:canary", "='mysql+aiomysql://***': its host or its port is not valid"),
        ("mysql+aiomysql://fin:canary@db:three/finstage", "='mysql+aiomysql://***': its host or its port is not valid"),
        ("mysql+asyncmy://fin:can@ary@db:3306/finstage", "='mysql+asyncmy://***': its host or its port is not valid"),
        ("sqlite+aiosqlite://finstage.db", "='sqlite+aiosqlite://finstage.db': a file needs three slashes"),
    ],
)
def test_a_wrong_database_is_named_without_its_password(
    url: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SystemExit) as ended:
        read_settings(MeshSettings)
    output = capsys.readouterr().err
    assert ended.value.code == EXIT_BAD_SETTINGS
    assert output.startswith(f"error: setting DATABASE_URL{line}")
    assert "canary" not in output.replace("can@ary", "canary")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:////var/a:b@c/finstage.db",
        "mysql+aiomysql://fin:p/w:d?@[::1]:3306/finstage?ssl=true",
        "mysql+asyncmy://db/finstage",
    ],
)
def test_a_database_that_sqlalchemy_can_open_is_taken(url: str) -> None:
    assert MeshSettings(database_url=url, _env_file=None).database_url == url
    engine_of(url)
