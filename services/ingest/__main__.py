"""``python -m services.ingest`` runs ingest; ``python -m services.ingest check`` verifies its settings and exits."""

import argparse

from services.ingest.app import build, check, check_stores
from services.ingest.settings import IngestSettings
from shared.runtime import run
from shared.settings import read_settings

parser = argparse.ArgumentParser(prog="python -m services.ingest", description="Publishes prices and history into the mesh.")
parser.add_argument(
    "role",
    nargs="?",
    choices=("run", "check"),
    default="run",
    help="check: verify that settings, universe, tape and database fit together, and exit",
)
role = parser.parse_args().role
settings = read_settings(IngestSettings)
origin = check(settings)
if role == "check":
    check_stores(settings, origin)
else:
    run("ingest", settings, build)
