"""The dashboard asks for metrics that the services have."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFINITION = re.compile(r"\b(?:counter|gauge|histogram)\(\s*\"(\w+)\"")
OF_REQUESTS = re.compile(r"\bRequestMetrics\(\"(\w+)\"\)")
SUFFIX = re.compile(r"_(?:bucket|sum|count)$")


def test_every_panel_shows_metrics_that_exist() -> None:
    sources = [path.read_text("utf-8") for part in ("services", "shared") for path in (ROOT / part).rglob("*.py")]
    defined = {f"finstage_{name}" for source in sources for name in DEFINITION.findall(source)}
    for service in (name for source in sources for name in OF_REQUESTS.findall(source)):
        defined |= {f"finstage_{service}_requests_total", f"finstage_{service}_request_seconds"}
    panels = json.loads((ROOT / "infra/compose/grafana/dashboards/finstage.json").read_text("utf-8"))["panels"]
    metrics = {panel["title"]: re.findall(r"finstage_\w+", target["expr"]) for panel in panels for target in panel["targets"]}
    missing = {name for names in metrics.values() for name in names if name not in defined and SUFFIX.sub("", name) not in defined}
    assert missing == set()
    assert all(metrics.values())
    for part in ("industry", "ingest_news", "analysis_news"):
        assert any(part in name for names in metrics.values() for name in names), part
    assert len({panel["id"] for panel in panels}) == len({str(panel["gridPos"]) for panel in panels}) == len(panels)
