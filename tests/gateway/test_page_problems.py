"""Wrong input on the Korean page: every form says what is wrong in Korean, whatever the API says in English."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from shared.events import ResearchError, RunFinished, RunJob
from shared.failures import TransientError
from tests.gateway.browsing import visit
from tests.gateway.page_gateway import fresh_market, page_gateway
from tests.gateway.running_gateway import RunningGateway, create_key

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOWN = ".wrong, .failure, .toast, .verdict, .warning, [role=alert], .absent, .hint"
ENGLISH = re.compile(r"[A-Za-z']{2,}(?:[ ,;:]+[A-Za-z']{2,})+")
"""Two English words or more in a row."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def gateway(built: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with page_gateway(tmp_path_factory.mktemp("gateway"), built) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(browser: Browser, gateway: RunningGateway) -> AsyncIterator[RunningGateway]:
    async with fresh_market(gateway, browser) as fresh:
        yield fresh


class Refuses:
    """Analysis research, which refuses each run."""

    @asynccontextmanager
    async def run(self, job: RunJob) -> AsyncIterator[Refuses]:
        self.job = job
        yield self

    async def taken(self, _seconds: float) -> RunFinished:
        error = ResearchError(
            code="invalid-job", message="entry: 'golden_cros' is no rule and no pattern; did you mean golden_cross?"
        )
        return RunFinished(job_id=self.job.id, kind="backtest", state="refused", error=error, ts_event=1, ts_init=1, source="test")


class Silent:
    """A database that does not answer."""

    def __getattr__(self, name: str) -> Any:
        raise TransientError("no answer")


async def english(page: Page) -> list[str]:
    """Runs of English words in what the page says is wrong, outside of code and of values that were typed."""
    found = await page.locator(SHOWN).evaluate_all(
        """all => all.filter(e => e.checkVisibility()).map(e => {
             const copy = e.cloneNode(true);
             for (const each of copy.querySelectorAll("code, pre, option, [lang=en], .completions")) each.remove();
             return copy.textContent;
           })"""
    )
    return [match for text in found for match in ENGLISH.findall(re.sub("‘[^’]*’|`[^`]*`", "", text))]


async def korean(page: Page, place: str, text: str) -> None:
    """The page says this there, and nothing in English."""
    await expect(page.locator(place).filter(has_text=text).first).to_be_visible()
    assert await english(page) == []


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("rsi_14 <", "끝에 무언가 빠졌습니다"),
        ("rsi_41x < 30", "없는 지표 또는 봉 값입니다"),
        ("rsi_9999 < 30", "period는 1 이상 500 이하여야 합니다"),
        ("pe_ratio < 10", "재무 정보는 없습니다"),
        ("close > open on 7m", "없는 봉 주기입니다"),
        ("close > close[99999]", "봉 전까지만 볼 수 있습니다"),
    ],
)
async def test_a_wrong_condition(browser: Browser, server: RunningGateway, condition: str, text: str) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/screener")).page
    await page.locator("#screen textarea").fill(condition)
    await korean(page, ".verdict .wrong", text)


async def test_a_symbol_a_column_and_a_chart_that_are_not_there(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/instrument/NOPE")).page
    await korean(page, "main [role=status]", "NOPE: 없는 종목입니다")
    await page.goto(server.url + "/#/instrument/AAPL")
    await page.get_by_role("button", name="지표").click()
    for typed, text in (
        ("rsi_99999", "period는 1 이상 500 이하여야 합니다"),
        ("nonsense_3", "없는 지표"),
        ("rsi_33", "분석이 연결되어 있지 않습니다"),
    ):
        await page.get_by_label("지표 검색").fill(typed)
        await page.get_by_role("button", name=f"{typed} 추가").click()
        await korean(page, ".picker .wrong", text)


async def test_alerts_keys_and_what_a_key_may_not(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/alerts?condition=close%20%3E%20sma_20&symbols=NOPE")).page
    await korean(page, "#builder .verdict .wrong", "NOPE: 없는 종목입니다")
    await page.goto(server.url + "/#/alerts?condition=close%20%3E%20sma_20%20on%201d&symbols=AAPL")
    await page.reload()
    await korean(page, "#builder .hint", "분석이 연결되어 있지 않습니다")
    await page.locator("#access").get_by_label("키", exact=True).fill("fs_0000000000_wrong")
    await page.get_by_role("button", name="이 키 사용").click()
    await korean(page, "#access .wrong", "게이트웨이가 이 키를 받지 않습니다")
    await page.get_by_role("button", name="제거").click()
    await korean(page, ".toast", "키를 제거했습니다")
    await page.locator("#access").get_by_label("키", exact=True).fill(await create_key(server, "write"))
    await page.get_by_role("button", name="이 키 사용").click()
    await page.get_by_role("button", name="알림 만들기").click()
    await korean(page, ".toast", "알림 1번을 저장했습니다. 키가 대화방과 연결되지 않아 아직 아무에게도 보내지 않습니다.")
    server.gateway.owned = Silent()
    await page.locator("#alert-list").get_by_role("button", name="일시 정지").click()
    await korean(page, ".toast", "변경하지 못했습니다: 지금 데이터베이스가 답하지 않습니다")


async def keep(page: Page, key: str) -> None:
    """Give this browser a key."""
    await page.evaluate("key => localStorage.setItem('finstage.key', key)", key)
    await page.reload()


async def test_the_form_of_a_run(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/research/new?entry=golden_cros&exit=dead_cross")).page
    wrong, start = "#new-run [role=alert]", page.get_by_role("button", name="시작")
    await keep(page, await create_key(server, "read"))
    await start.click()
    await korean(page, wrong, "이 키에는 research 권한이 없습니다. 있는 권한: read")
    await keep(page, await create_key(server, "research"))
    await start.click()
    await korean(page, wrong, "분석이 연결되어 있지 않습니다")
    server.gateway.research = Refuses()  # type: ignore[assignment]
    backtest, discovery = "entry=golden_cros&exit=dead_cross&end=2020-01-01", "kind=discoveries"
    for query, text in (
        (f"{backtest}&max_positions=many", "최대 포지션 수: 정수 형식이어야 합니다"),
        (f"{discovery}&within=0", "다음 신호까지 최대 봉: 1 이상이어야 합니다"),
        (f"{discovery}&within=99999", "다음 신호까지 최대 봉: 63 이하여야 합니다"),
        (f"{backtest}&symbols=NOPE", "NOPE: 없는 종목입니다"),
        (f"{backtest}&symbols=%3F%21", "값의 형식이 맞지 않습니다"),
        (f"{backtest}&start=2024-01-01", "첫 거래일 2024-01-01 이 마지막 거래일 2020-01-01 보다 늦습니다"),
        (backtest, "진입: ‘golden_cros’ 값은 쓸 수 없습니다"),
    ):
        await page.goto(f"{server.url}/#/research/new?{query}")
        await page.reload()
        await start.click()
        await korean(page, wrong, text)


async def test_what_is_not_there_and_a_gateway_that_fails(browser: Browser, server: RunningGateway) -> None:
    page = (await visit(browser, server, locale="ko-KR", path="/#/research/runs/nothing")).page
    await korean(page, ".failure", "nothing: 없는 실행입니다")
    server.gateway.jobs = Silent()
    await page.reload()
    await korean(page, ".failure", "지금 데이터베이스가 답하지 않습니다")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="다시 시도").click()
    await korean(page, ".failure", "게이트웨이에 연결할 수 없습니다")
