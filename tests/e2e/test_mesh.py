"""A tape goes in; signals and alerts come out: exactly those that the reference computes, each once."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from services.ingest.settings import IngestSettings
from shared.topics import BARS, SIGNALS, TICKS
from tests.e2e import tapes
from tests.e2e.log import events, records
from tests.e2e.mesh import Mesh, follow, open_mesh
from tests.e2e.outcome import deliveries, instruments, stored_signals, watched
from tests.ingest.small_tape import written
from tests.notifier.telegram.server import TOKEN, Telegram, open_telegram
from tests.servers import Broker
from tests.until import until

TAPE, PART = "seconds", "seconds-of-one"
CHATS = {"SPY": 11, "IBM": 12, "BAC": 13, "AIG": 14}


def bot(telegram: Telegram) -> dict[str, str]:
    """The environment of a notifier that uses the stand-in, without pictures."""
    messages = {"TELEGRAM_API": telegram.base, "TELEGRAM_BOT_TOKEN": TOKEN, "CHARTS": "false", "ALERT_HOLD_SECONDS": "0"}
    return messages | {"RATE_OVERALL": "1000", "RATE_CHAT": "100"}


async def watch(telegram: Telegram, mesh: Mesh) -> None:
    """One person per symbol subscribes to its alerts in the bot."""
    for symbol, chat in CHATS.items():
        await telegram.type_text("/start", chat=chat, user=chat)
        await telegram.type_text("/settings unproven on", chat=chat, user=chat)
        await telegram.type_text("/settings pace each", chat=chat, user=chat)
        await telegram.type_text(f"/watch {symbol}", chat=chat, user=chat)

    def answered() -> bool:
        mesh.check()
        return all(len(telegram.texts(str(chat))) >= 4 for chat in CHATS.values())

    await until(answered, seconds=120, what="the bot's answers to /start, /settings and /watch")
    assert await watched(mesh.environment["DATABASE_URL"]) == {(str(chat), symbol) for symbol, chat in CHATS.items()}


@pytest.mark.parametrize(
    ("database_url", "tape"),
    [pytest.param("sqlite", TAPE, marks=pytest.mark.thorough), pytest.param("mariadb", PART, marks=pytest.mark.mariadb)],
    indirect=["database_url"],
)
async def test_tape_to_alerts(empty_kafka: Broker, database_url: str, tape: str, tmp_path: Path) -> None:
    due, folder = tapes.due(tape), IngestSettings().tapes if tape == TAPE else written(tmp_path / "tapes", tapes.tape(tape))
    follow(database_url, tmp_path / "follow.log")
    async with open_telegram() as telegram:
        played = {"TAPES": str(folder), "TAPE": tape, "SPEED": "max"}
        with open_mesh(tmp_path, empty_kafka.bootstrap, database_url, **played, **bot(telegram)) as mesh:
            ingest = mesh.start("ingest", "services.ingest")
            await until(lambda: instruments(database_url), seconds=120, what="the instruments in the database")
            assert ingest.stop() == 0, ingest.tail()  # the tape goes on once people watch
            mesh.start("notifier", "services.notifier")  # now, so that it knows the instruments from its start
            await watch(telegram, mesh_without(mesh, "ingest"))
            before = Counter(message.chat_id for message in telegram.accepted)
            # not before: what was played until the stop can hold signals, which nobody would have been told
            mesh.start("analysis", "services.analysis", "live")
            ingest.start()

            async def all_sent() -> bool:
                mesh.check()
                rows = await deliveries(database_url)
                return len(rows) >= len(due) and all(row.status == "sent" for row in rows)

            await until(all_sent, seconds=300, what="every delivery to be made")
            for program in mesh.programs.values():
                assert program.stop() == 0, program.tail()

        published = [signal for signal in await events(empty_kafka.bootstrap, SIGNALS) if not signal.provisional]
        assert {signal.id for signal in published} == set(due), Counter(s.rule for s in published if s.id not in due)
        assert len(published) == len(due), "an id was published twice without a crash"
        assert await stored_signals(database_url) == set(due)
        live = sum(bar.live for series in tapes.reference(tape).closed.values() for bars in series.values() for bar in bars)
        assert len(await events(empty_kafka.bootstrap, BARS)) >= live
        assert not await records(empty_kafka.bootstrap, TICKS.dead_letters)

        rows = await deliveries(database_url)
        assert Counter((row.signal_id, row.chat_id) for row in rows) == Counter(
            (signal.id, str(CHATS[signal.symbol])) for signal in due.values()
        )
        alerts = defaultdict(list)
        for message in telegram.accepted:
            if before[message.chat_id]:
                before[message.chat_id] -= 1
            else:
                alerts[message.chat_id].append(message)
        assert {chat: len(messages) for chat, messages in alerts.items()} == Counter(str(CHATS[s.symbol]) for s in due.values())
        assert {str(message.message_id) for messages in alerts.values() for message in messages} == {row.message_id for row in rows}
        assert not telegram.problems


def mesh_without(mesh: Mesh, name: str) -> Mesh:
    """The same programs but one, which is down on purpose."""
    return Mesh(mesh.folder, mesh.environment, {other: program for other, program in mesh.programs.items() if other != name})
