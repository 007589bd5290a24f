"""Kinds of indicators that no plan uses: compiled in the background when a condition needs them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.analysis.__main__ import main
from services.analysis.kernels import codegen
from services.analysis.kernels.conditions.other_instruments import OtherInstruments
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.machine_code import MachineCode
from services.analysis.kernels.plan import CORE
from services.analysis.live.adapters.kind_compiler import KindCompiler
from services.analysis.live.domain.user_conditions import ConditionRequest, ConditionSet
from services.analysis.live.handlers.user_conditions import UserConditions
from tests.analysis.market import KERNELS
from tests.until import until


class Requests:
    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    async def requests(self) -> list[ConditionRequest]:
        return [ConditionRequest(text, False, None) for text in self.texts]


class NoReferences:
    """No condition of these tests reads another instrument."""

    async def current(self, conditions: ConditionSet) -> OtherInstruments:
        assert not conditions.references
        return OtherInstruments()


async def test_a_condition_waits_for_its_indicator_and_the_others_run(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    compiler, stopping = KindCompiler(MachineCode(folder)), asyncio.Event()
    conditions = UserConditions(Requests("close > open", "roc_3 > 5 and rsi_21 > 50"), NoReferences(), compiler)
    task = asyncio.create_task(compiler.run(stopping))
    await conditions.read()
    assert (list(conditions.current.requested), conditions.uncompiled) == ([], ["roc_3", "rsi_21"])
    await until(lambda: compiler.compiled == {"roc", "rsi"}, 200, "both kinds")
    await conditions.read()
    assert (list(conditions.current.requested), conditions.uncompiled) == ([("roc", (3.0,)), ("rsi", (21.0,))], [])
    stopping.set()
    await task
    restarted = UserConditions(Requests("roc_3 > 5"), NoReferences(), KindCompiler(MachineCode(folder)))
    await restarted.read()
    assert restarted.current.requested == (("roc", (3.0,)),), "what is compiled runs at once after a restart"


async def test_a_stop_ends_a_compilation(tmp_path: Path) -> None:
    compiler, stopping = KindCompiler(MachineCode(tmp_path / "kernels")), asyncio.Event()
    task = asyncio.create_task(compiler.run(stopping))
    await compiler.request(["volume_profile"])
    stopping.set()
    async with asyncio.timeout(60):
        await task
    assert compiler.compiled == frozenset()


async def test_a_kind_that_cannot_be_compiled_is_logged_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    folder.write_text("a file, not a folder")
    compiler, stopping = KindCompiler(MachineCode(folder), retry_seconds=0.1), asyncio.Event()
    conditions = UserConditions(Requests("close > open", "roc_3 > 5"), NoReferences(), compiler)
    with capture_logs() as logs:
        task = asyncio.create_task(compiler.run(stopping))
        await conditions.read()
        await until(lambda: [line for line in logs if line["event"] == "an indicator cannot be compiled"], 200, "the failure")
    assert (compiler.compiled, conditions.uncompiled) == (frozenset(), ["roc_3"])
    folder.unlink()
    folder.symlink_to(KERNELS)  # where it is compiled: the test above compiles it
    await until(lambda: "roc" in compiler.compiled, 200, "the kind")
    stopping.set()
    await task


def test_a_kind_has_a_small_module_and_the_core_does_not_grow() -> None:
    core = codegen.module_text()
    assert "roc" not in CORE
    assert f"KINDS[{[kind.name for kind in KINDS].index('roc')}]" not in core
    assert len(codegen.kind_module_text("roc")) < 0.05 * len(core)


def test_a_kind_that_is_not_known_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile-kinds", "rsi", "rsy"]) == 2
    assert capsys.readouterr().err == "error: 'rsy' is no kind of indicator; docs/indicators.md has them all\n"
