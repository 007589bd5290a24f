"""``python -m services.notifier``."""

from services.notifier.app import build
from services.notifier.settings import NotifierSettings
from shared.runtime import run
from shared.settings import read_settings

run("notifier", read_settings(NotifierSettings), build)
