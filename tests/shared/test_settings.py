from __future__ import annotations

import importlib
import pkgutil

import pytest

import services
from shared.settings import MeshSettings


def every_settings_class():
    found = [MeshSettings]
    for service in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"services.{service.name}.settings")
        found += [
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, MeshSettings) and one is not MeshSettings
        ]
    return found


@pytest.mark.parametrize("settings", every_settings_class(), ids=lambda found: found.__module__)
def test_every_setting_is_documented_and_frozen(settings):
    assert [name for name, field in settings.model_fields.items() if not (field.description or "").strip()] == []
    assert settings.model_config["frozen"]


def test_the_environment_decides(monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "broker:1")
    monkeypatch.setenv("DRAIN_SECONDS", "3")
    settings = MeshSettings(_env_file=None)
    assert (settings.kafka_bootstrap, settings.drain_seconds) == ("broker:1", 3.0)


@pytest.mark.parametrize(("name", "value"), [("DRAIN_SECONDS", "0"), ("PROBE_PORT", "70000"), ("KAFKA_SESSION_MS", "soon")])
def test_nonsense_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name.lower()):
        MeshSettings(_env_file=None)
