from __future__ import annotations

import importlib
import pkgutil

import pytest

import services
from services.notifier.settings import NotifierSettings
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
    [("KAFKA_BOOTSTRAP", "localhost:kafka"), ("DRAIN_SECONDS", "0"), ("PROBE_PORT", "70000"), ("KAFKA_SESSION_MS", "soon")],
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
