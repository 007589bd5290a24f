"""The version of the API, as its documents and the server of tools say it."""

from typing import Final

VERSION: Final = "0.1.0"
