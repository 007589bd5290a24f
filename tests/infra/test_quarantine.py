from __future__ import annotations

import asyncio
import uuid

import msgspec
import pytest

from infra.quarantine.__main__ import main
from shared.events import Quarantined
from shared.kafka import open_producer
from shared.settings import MeshSettings
from shared.topics import QUARANTINE
from tests.servers import Broker


def test_list_and_sum(kafka: Broker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", kafka.bootstrap)
    symbol = uuid.uuid4().hex

    def event(reason: str, values: dict[str, float | None], note: str = "", more: int = 0) -> Quarantined:
        return Quarantined(symbol=symbol, what="tick", reason=reason, values=values, note=note, more=more, ts_event=1, ts_init=2)

    async def fill() -> None:
        async with open_producer(MeshSettings(kafka_bootstrap=kafka.bootstrap), "test") as producer:
            found = [
                event("spike", {"price": 99.5, "size": None}, note="\x1b[31mred", more=40),
                event("spike", {}),
                msgspec.structs.replace(event("unit", {"price": 151.0}), outcome="repaired"),
            ]
            await producer.publish_many(QUARANTINE, [(each.symbol, each) for each in found])
            await producer.publish_raw(QUARANTINE.name, symbol.encode(), b"{", [])

    asyncio.run(fill())
    assert main(["list", "--symbol", symbol]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert len(lines) == 4
    start = f"1970-01-01T00:00:00+00:00  {symbol}  tick  spike  quarantined  price=99.5 size=none  "
    assert lines[0] == start + r"\x1b[31mred  (and 40 more before)"
    assert lines[-1] == "3 events"
    assert "market.quarantine.v1/" in printed.err
    assert main(["sum", "--symbol", symbol]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{42:>8}  {symbol}  tick spike  quarantined", f"{1:>8}  {symbol}  tick unit  repaired", "43 in all",
    ]  # fmt: skip
    assert main(["list", "--symbol", f"\u200b{symbol}\u202e", "--reason", "ｕｎｉｔ", "--outcome", "ｒｅｐａｉｒｅｄ"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 events"
