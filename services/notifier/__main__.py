"""``python -m services.notifier``."""

from services.notifier.app import build
from services.notifier.settings import NotifierSettings
from shared.runtime import run

run("notifier", NotifierSettings(), build)
