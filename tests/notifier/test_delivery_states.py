"""The delivery guarantee as a property: in any order of events nothing is lost, and duplicates are at most the unknowns.

Several processes share the table. They claim and send; requests are answered, refused or cut off; processes are killed between any
two steps or stall. The rows are written by the product's own table code, on SQLite.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notifier.adapters.deliveries import DeliveryTable
from services.notifier.domain.delivery import NEVER, DeliveryRow, DeliveryStatus, RetryPolicy, apply_outcome
from services.notifier.domain.outcomes import DoubtfulOutcome, NoResponse, Outcome, PermanentRejection, Sent, TemporaryRefusal
from services.notifier.domain.ports.deliveries import NewDelivery
from shared import wire
from shared.db import open_database
from shared.tables import deliveries
from tests.databases import empty_database
from tests.notifier.parts import NOW, chat, signal
from tests.sizes import examples

LEASE = 100
POLICY = RetryPolicy(first_wait=10, longest_wait=40)
ENDS: list[tuple[str, Outcome, bool]] = [
    # what happens to a request, the outcome that the channel returns, whether it arrived
    ("answered", Sent("1"), True),
    ("refused", TemporaryRefusal("429", 0.01), False),
    ("cut before", NoResponse("cut"), False),
    ("cut after", NoResponse("cut"), True),
    ("gateway, not arrived", DoubtfulOutcome("502"), False),
    ("gateway, arrived", DoubtfulOutcome("502"), True),
]


class Deliveries(RuleBasedStateMachine):
    """The state: a table, messages that arrived, requests in flight."""

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "states.db"
        file.write_bytes(empty_database())
        self.opened = open_database(f"sqlite+aiosqlite:///{file}")
        self.database = self.do(self.opened.__aenter__())
        self.table = DeliveryTable(self.database, ["telegram"])
        self.now = NOW
        self.arrived: Counter[str] = Counter()
        self.claimed: list[DeliveryRow] = []
        self.reserved: list[DeliveryRow] = []
        self.due: set[str] = set()
        self.rejected: set[str] = set()
        self.signals([0, 1])

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @rule(numbers=st.lists(st.integers(0, 2), min_size=1, max_size=3))
    def signals_arrive(self, numbers: list[int]) -> None:
        """Signals arrive, some of them again."""
        self.signals(numbers)

    def signals(self, numbers: list[int]) -> None:
        fired = [signal(number) for number in numbers]
        new = [NewDelivery(found.id, chat(), DeliveryStatus.PENDING, wire.encode(found).decode(), "") for found in fired]
        self.do(self.table.add(new, self.now))
        self.due |= {found.id for found in fired}

    @rule(passed=st.sampled_from([5, 60, 200]))
    def time_passes(self, passed: int) -> None:
        self.now += passed

    @rule(stalled=st.booleans())
    def a_process_reserves_due_rows(self, stalled: bool) -> None:
        """Reserves, and claims unless it is stalled in between."""
        self.now += 50
        page = self.do(self.table.due(self.now, 3))
        ours = self.do(self.table.reserve([(row, self.now + 50) for row in page]))
        if stalled:
            self.reserved += ours
        for row in [] if stalled else ours:
            self.claim(row)

    @precondition(lambda self: self.reserved)
    @rule(data=st.data())
    def a_stalled_process_claims(self, data: st.DataObject) -> None:
        self.claim(self.reserved.pop(data.draw(st.integers(0, len(self.reserved) - 1))))

    def claim(self, row: DeliveryRow) -> None:
        claimed = next(iter(self.do(self.table.claim([row], self.now, self.now + LEASE))), None)
        if claimed is not None:
            self.claimed.append(claimed)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), end=st.sampled_from(ENDS))
    def a_request_ends(self, data: st.DataObject, end: tuple[str, Outcome, bool]) -> None:
        """A request may end long after its lease: a process that was frozen still sends."""
        row = self.claimed.pop(data.draw(st.integers(0, len(self.claimed) - 1)))
        _, outcome, arrived = end
        self.arrived[row.signal_id] += arrived
        self.do(self.table.finish(row, apply_outcome(row, outcome, self.now, POLICY, 0.5), self.now))

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def a_request_is_rejected(self, data: st.DataObject) -> None:
        row = self.claimed.pop(data.draw(st.integers(0, len(self.claimed) - 1)))
        self.do(self.table.finish(row, apply_outcome(row, PermanentRejection("no"), self.now, POLICY, 0.5), self.now))
        self.rejected.add(row.signal_id)

    @precondition(lambda self: self.claimed or self.reserved)
    @rule(data=st.data(), arrived=st.booleans())
    def a_process_is_killed(self, data: st.DataObject, arrived: bool) -> None:
        """A process is killed between any two steps; its request may still have arrived. Its lease expires later."""
        self.now += LEASE // 2
        if self.claimed:
            row = self.claimed.pop(data.draw(st.integers(0, len(self.claimed) - 1)))
            self.arrived[row.signal_id] += arrived
        else:
            self.reserved.pop()

    @rule()
    def expired_leases_are_closed(self) -> None:
        self.now += LEASE // 2
        for row in self.do(self.table.expired_leases(self.now, 10)):
            change = apply_outcome(row, NoResponse("abandoned"), self.now, POLICY, 0.5)
            self.do(self.table.finish(row, change, self.now))

    def rows(self) -> list[Any]:
        async def read() -> list[Any]:
            async with self.database.connect() as connection:
                return list((await connection.execute(deliveries.select())).all())

        return list(self.do(read()))

    @invariant()
    def the_guarantee_holds(self) -> None:
        if not hasattr(self, "table"):
            return
        rows = self.rows()
        assert {row.signal_id for row in rows} == self.due
        in_flight = Counter(row.signal_id for row in self.claimed)
        for row in rows:
            pending_unknowns = 1 if row.status == "sending" else 0
            assert self.arrived[row.signal_id] - 1 <= row.unknowns + pending_unknowns
            if row.status == "sent":
                assert self.arrived[row.signal_id] >= 1
            if row.next_try_at == NEVER and not in_flight[row.signal_id]:
                arrived, doubted = self.arrived[row.signal_id] > 0, row.unknowns > 0
                assert arrived or doubted or row.signal_id in self.rejected, f"lost: {row}"
            assert row.tries <= POLICY.doubtful_tries + 1 or row.status != "unknown"

    def teardown(self) -> None:
        if hasattr(self, "table"):
            self.do(self.opened.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=examples(60), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
