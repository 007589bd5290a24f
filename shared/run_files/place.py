"""Which files a setting names."""

from __future__ import annotations

from pathlib import Path

from shared.failures import SettingsError
from shared.run_files.files import Files
from shared.run_files.local import LocalFiles


def open_files(place: str) -> Files:
    """``place``: the setting RESEARCH_ARTEFACTS, a folder or a URL. Raises SettingsError if nothing here can reach such a URL."""
    if "://" not in place:
        return LocalFiles(Path(place))
    from shared.run_files.remote import RemoteFiles  # it loads what an HTTP client needs

    try:
        return RemoteFiles(place)
    except SettingsError as error:
        raise SettingsError(f"research_artefacts: {error}") from error
