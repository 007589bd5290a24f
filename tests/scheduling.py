"""Which test files run one after another on the same worker, so that they share what is dear to start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

GROUPS: Final = {
    "kafka: gateway and notifier": (
        "examples/test_consumers", "gateway/test_explain", "gateway/test_mesh", "gateway/test_processes",
        "gateway/test_research_mesh", "gateway/test_services", "notifier/test_broadcast_kills", "notifier/test_conditions",
        "notifier/test_news_alerts", "notifier/test_process",
    ),
    "kafka: the others": (
        "analysis/test_example_conditions", "analysis/test_live", "industries/test_role", "infra/test_dead_letters",
        "infra/test_quarantine", "infra/test_topics", "ingest/test_news_replay", "research/quality/test_stored",
        "research/test_role", "research/test_run_jobs", "shared/test_drain", "shared/test_kafka_group",
        "shared/test_kafka_owned", "shared/test_kafka_producer",
    ),
    "processes": (
        "analysis/test_kill", "analysis/test_user_conditions", "e2e/test_kills", "e2e/test_mesh", "ingest/feeds/test_commands",
        "ingest/test_data_origin", "ingest/test_exam_day", "ingest/test_publishing", "ingest/test_yahoo_mesh",
        "news/test_dead_neighbours", "news/test_role", "shared/test_kafka_outage", "shared/test_runtime", "test_servers",
    ),
    "browser": tuple(
        f"gateway/page/test_{of}"
        for of in (
            "alerts", "budgets", "chart", "market", "outage", "page", "problems", "research", "screener", "system", "updates",
            "views",
        )
    ),
    "embeddings": ("news/test_enrichment_scores", "research/datasets/test_news_features"),
}  # fmt: skip
"""``kafka``: they use the fixture of this name, so that one broker serves a group; they mostly wait, and two groups wait at the
same time. ``processes``: they start services, and most use ``empty_kafka``, one broker for them all. ``browser``: they share one.
``embeddings``: what one has made in a new checkout is there for the next."""
LONG: Final = ("tests/shared/test_calendars.py", "tests/shared/test_db.py", "tests/shared/test_migrations.py")
"""Files that are begun right after the groups: at the end of the alphabet they would run alone for the last seconds."""
GROUP_OF: Final = {f"tests/{file}.py": group for group, files in GROUPS.items() for file in files}


def unit_of(nodeid: str) -> str:
    """What runs on one worker: a group, or a file of none."""
    file = nodeid.partition("::")[0]
    return GROUP_OF.get(file, file)


def ends_group(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether ``item`` belongs to a group and the test that follows it on its worker does not."""
    unit = unit_of(item.nodeid)
    return unit in GROUPS and (following is None or unit_of(following.nodeid) != unit)


def groups_first(items: list[pytest.Item]) -> None:
    """Sorts the groups to the beginning, because they take longest, and long files after them.

    Raises:
        pytest.UsageError: a file that uses the fixture ``kafka`` or ``browser`` is not in its group and would start another.
    """
    for name in ("kafka", "browser"):
        missing = {
            _file(item) for item in items if name in _fixtures(item) and name != GROUP_OF.get(_file(item), "").partition(":")[0]
        }
        if missing:
            raise pytest.UsageError(f"tests/scheduling.py does not list these files that use {name}: {', '.join(sorted(missing))}")
    order = {unit: number for number, unit in enumerate((*GROUPS, *LONG))}
    items.sort(key=lambda item: order.get(unit_of(item.nodeid), len(order)))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _fixtures(item: pytest.Item) -> Iterable[str]:
    return getattr(item, "fixturenames", ())
