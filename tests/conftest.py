"""Fixtures that every part uses: real brokers, real databases. They never skip: they fail, saying what to install."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import shutil
import signal
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest
import structlog

from infra.kafka.cluster import Cluster, cluster_nodes, start_cluster
from infra.kafka.jars import fetch
from infra.kafka.jvm_class_cache import make_class_cache
from shared.migrations.command import upgrade
from tests.compiled_statements import share_compiled_statements
from tests.databases import MARIADB, SQLITE
from tests.scheduling import groups_first
from tests.servers import Broker, MariaDB, open_broker, open_empty_broker, open_mariadb
from tests.sizes import examples

ROOT = Path(__file__).parent.parent
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
"""Brokers of tests live for seconds: optimising their code takes half of their CPU time and pays back nothing."""
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=examples(100))  # a busy machine is no defect
hypothesis.settings.load_profile("untimed")
NEEDS = {
    **dict.fromkeys(("kafka", "empty_kafka", "own_kafka", "kafka_cluster", "kafka_jars"), "kafka"),
    "mariadb_url": "mariadb",
}
"""The marker that a test gets for using a fixture; ``make test-fast`` leaves these out."""


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def pytest_sessionstart() -> None:
    # the objects of modules and of collected tests live to the end: looking for garbage among them only costs time
    gc.disable()
    # asyncio replaces only Python's own handler, and that costs: for each fixture and test signal.signal() prints the running task
    signal.signal(signal.SIGINT, _interrupt)
    # structlog's own default prints the values of all names of a traceback: 15,000 lines and 15 s where they lead to a gateway
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(400_000, 20, 50)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if name in NEEDS:
                item.add_marker(NEEDS[name])
    _share_out_databases(items)
    groups_first(items)


def _share_out_databases(items: list[pytest.Item]) -> None:
    """Of a test that could run on both databases, ``make test`` runs one, by its name: half of them on each."""
    on_each = defaultdict[str, dict[str, list[pytest.Item]]](lambda: defaultdict(list))
    for item in items:
        parameters = getattr(item, "callspec", None)
        if parameters is not None and "database_url" in parameters.params and item.get_closest_marker("thorough") is None:
            on_each[item.nodeid.partition("[")[0]][parameters.params["database_url"]].append(item)
    for test, found in on_each.items():
        if len(found) == 2:
            for item in found[sorted(found)[zlib.crc32(test.encode()) % 2]]:
                item.add_marker(pytest.mark.thorough)


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        share_compiled_statements(patch)
        yield


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """Kafka's jars, fetched once per checkout."""
    folder = Path(os.environ.get("CACHE", ROOT / ".cache")).absolute() / "kafka"
    fetch(folder, print)
    make_class_cache(folder, print)
    return folder


@pytest.fixture(scope="session")
def kafka(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for the tests of a worker with all topics made: use group names and keys of your own, and never end it."""
    with open_broker(tmp_path_factory.mktemp("kafka"), kafka_jars) as broker:
        yield broker


@pytest.fixture(scope="session")
def _emptied_kafka(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with open_empty_broker(tmp_path_factory.mktemp("emptied-kafka"), kafka_jars, heap_mb=256) as broker:
        yield broker


@pytest.fixture
def empty_kafka(_emptied_kafka: Broker) -> Iterator[Broker]:
    """A broker with all topics, without a message or a group, to write as one likes, and never to end.

    The tests of a worker have the same one after another: to make again the topics that a test has written to costs little.
    """
    asyncio.run(_emptied_kafka.make_topics())
    yield _emptied_kafka
    asyncio.run(_emptied_kafka.delete_messages())


@pytest.fixture
def own_kafka(kafka_jars: Path, tmp_path: Path) -> Iterator[Broker]:
    """A broker of this test alone, with all topics made: ``kill()`` it and ``await restart()`` it."""
    with open_broker(tmp_path / "own-kafka", kafka_jars, heap_mb=256) as broker:
        yield broker


@pytest.fixture
def kafka_cluster(kafka_jars: Path, tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes of this test alone (replication 3, two in sync to acknowledge); no topics are made."""
    cluster = start_cluster(cluster_nodes(tmp_path / "cluster", kafka_jars))
    try:
        asyncio.run(cluster.wait_ready())
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def _mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    with open_mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


_numbers = itertools.count(1)


@pytest.fixture
def mariadb_url(_mariadb: MariaDB) -> Iterator[str]:
    """An empty database on a private MariaDB (driver aiomysql)."""
    name = f"test_{next(_numbers)}"
    yield _mariadb.create(name)
    _mariadb.drop(name)


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "test.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def _migrated_schema(_mariadb: MariaDB) -> list[str]:
    asyncio.run(upgrade(_mariadb.create("migrated")))
    return _mariadb.schema("migrated")


@pytest.fixture
def sqlite_url(_migrated_file: Path, tmp_path: Path) -> str:
    """A migrated database of SQLite."""
    return f"sqlite+aiosqlite:///{shutil.copy(_migrated_file, tmp_path / 'test.db')}"


@pytest.fixture
def migrated_mariadb_url(mariadb_url: str, _mariadb: MariaDB, _migrated_schema: list[str]) -> str:
    """A migrated database of MariaDB."""
    _mariadb.fill(mariadb_url.rpartition("/")[2], _migrated_schema)
    return mariadb_url


@pytest.fixture(params=[SQLITE, MARIADB])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database: once SQLite, once MariaDB. Migrations run once; each test gets a copy of what they made."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "migrated_mariadb_url")
    return url
