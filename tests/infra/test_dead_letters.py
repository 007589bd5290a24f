from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from infra.dead_letters.__main__ import main
from infra.dead_letters.letters import UnknownLetterError
from infra.kafka.node import KafkaNode, write_owner
from shared.events import Delivery
from shared.failures import PoisonError
from shared.kafka import Record, open_group_consumer, open_producer
from shared.kafka.batch_runner import RecordHandler
from shared.settings import MeshSettings
from shared.topics import DELIVERIES
from tests.servers import Broker
from tests.until import until


def delivery(name: str) -> Delivery:
    return Delivery(signal_id=name, channel="console", recipient="r", outcome="sent", ts_event=1, ts_init=1, tries=1)


@pytest.fixture
def settings(kafka: Broker, monkeypatch: pytest.MonkeyPatch) -> MeshSettings:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", kafka.bootstrap)
    return MeshSettings(kafka_bootstrap=kafka.bootstrap, kafka_session_ms=6000, _env_file=None)


async def consume(settings: MeshSettings, group: str, handle: RecordHandler, condition: Callable[[], bool]) -> None:
    stopping = asyncio.Event()
    async with (
        open_producer(settings, "dlq-test") as producer,
        open_group_consumer(settings, [DELIVERIES], group, producer) as consumer,
    ):
        task = asyncio.create_task(consumer.run(handle, stopping))
        await until(condition, seconds=30)
        stopping.set()
        await asyncio.wait_for(task, 20)


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def no_terminal(_: str) -> str:
    raise EOFError


def test_list_show_and_replay_once(settings: MeshSettings, capsys: pytest.CaptureFixture[str]) -> None:
    name, group = uuid.uuid4().hex, f"dlq-{uuid.uuid4().hex[:8]}"
    failing = True
    seen: list[tuple[str, Delivery]] = []

    async def handle(records: Sequence[Record[Delivery]]) -> None:
        for record in records:
            if record.key == name and failing:
                raise PoisonError("not\x1b[31m today")
            seen.append((record.key, record.event))

    async def fill() -> None:
        async with open_producer(settings, "dlq-test") as producer:
            await producer.publish(DELIVERIES, delivery(name), key=name)
            await producer.publish(DELIVERIES, delivery("after"), key=name + "-after")
        await consume(settings, group, handle, lambda: any(key == name + "-after" for key, _ in seen))

    asyncio.run(fill())
    capsys.readouterr()
    assert main(["list", "--group", full_width(group)]) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[-1] == "1 dead letters"
    assert "PoisonError: not\\x1b[31m today" in listed
    letter = listed.split()[0]
    assert letter.startswith("notify.deliveries.v1.dlq/")

    assert main(["show", full_width(letter)]) == 0
    shown = capsys.readouterr().out
    assert f"dead-letter-group: {group}" in shown
    assert f'"signal_id":"{name}"' in shown
    assert "\x1b" not in shown
    for command in ("list", "show", "replay"):
        assert main([command, letter, letter + "99999"]) == 1, "nothing is done for a part of the names"
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith(f"error: there is no dead letter '{letter}99999': there are ")
        assert ".dlq/" in output.err.partition("': ")[2], "the broker is shared, so that ours need not be among the last ten"
    assert main(["show", letter, "--group", "another"]) == 1
    assert capsys.readouterr().err == "error: no dead letter matches\n"

    assert main(["replay", letter], ask=lambda _: "n") == 1
    assert "nothing was replayed" in capsys.readouterr().out
    assert main(["replay", letter], ask=no_terminal) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["replay", letter], ask=lambda _: "y") == 0
    assert "-> notify.deliveries.v1/" in capsys.readouterr().out
    assert main(["replay", letter, "--yes"]) == 0
    assert "nothing to replay" in capsys.readouterr().out

    failing = False
    asyncio.run(consume(settings, group, handle, lambda: any(key == name for key, _ in seen)))
    assert [event for key, event in seen if key == name] == [delivery(name)]


def test_the_error_for_a_name_that_is_not_there_lists_the_last() -> None:
    names = [f"t.dlq/0/{n}" for n in range(12)]
    assert str(UnknownLetterError("nope\x1b", [])) == "there is no dead letter 'nope\\x1b': there are none"
    assert str(UnknownLetterError("nope", names[:2])) == "there is no dead letter 'nope': there are t.dlq/0/0, t.dlq/0/1"
    assert str(UnknownLetterError("nope", names)).endswith(
        ": there are t.dlq/0/2, " + ", ".join(names[3:]) + " and 2 more (list shows all)"
    )


def test_filters(settings: MeshSettings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--topic", "market.bars.v1", "--exception", "NoSuchError"]) == 0
    assert capsys.readouterr().out == "0 dead letters\n"


@pytest.mark.parametrize("tool", ["infra.dead_letters", "infra.quarantine"])
def test_no_broker_is_one_line(tool: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", tool, "list"], env=os.environ | {"KAFKA_BOOTSTRAP": "127.0.0.1:1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: no Kafka answers at 127.0.0.1:1; start it, or set KAFKA_BOOTSTRAP to its address\n"


def test_the_broker_that_runs_from_this_folder_is_found(
    kafka: Broker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    with KafkaNode(tmp_path / "var/kafka/node-1", tmp_path, 1, 2).lock() as lock_file:
        write_owner(lock_file, os.getpid(), kafka.node.port)
        assert main(["list", "--exception", "NoSuchError"]) == 0
        (tmp_path / ".env").write_text("KAFKA_BOOTSTRAP=127.0.0.1:1\n")
        assert main(["list"]) == 1, "a setting takes precedence over the running broker"
    assert "127.0.0.1:1;" in capsys.readouterr().err
