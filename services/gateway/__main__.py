"""``python -m services.gateway``."""

from services.gateway.app import build
from services.gateway.settings import Settings
from shared.runtime import run
from shared.settings import read_settings

run("gateway", read_settings(Settings), build)
