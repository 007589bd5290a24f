"""``python -m services.ingest``."""

from services.ingest.app import build
from services.ingest.settings import Settings
from shared.runtime import run

run("ingest", Settings(), build)
