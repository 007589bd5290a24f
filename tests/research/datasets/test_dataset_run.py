"""Data sets as a kind of run: files, metadata, the command, and the examples in docs/datasets.md."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import numpy as np
import pandas as pd
import pytest

from services.analysis.research.adapters.artefacts import RunFiles
from services.analysis.research.adapters.run_data import SeriesData
from services.analysis.research.adapters.run_table import RunTable
from services.analysis.research.commands.line import main
from services.analysis.research.datasets import parquet, rows
from services.analysis.research.domain.data_request import DataRequest
from services.analysis.research.domain.run_jobs import new_row
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.runs.dataset import KIND
from services.analysis.research.runs.execution import Execution, execute, read_parameters
from services.analysis.research.settings import ResearchSettings
from shared.events import ExportDataset
from tests.gateway.running_gateway import running_gateway
from tests.research.datasets.walks import market
from tests.research.role import ROOT

BARS = 420
SETTINGS = ResearchSettings(cache=ROOT / ".cache")
FEATURES = ("returns", "rsi_14", "sma_20", "calendar", "strength", "golden_cross", "close > sma_50")
LABELS = ("forward_return(5)", "triple_barrier(10)")
DOCUMENT = (ROOT / "docs" / "datasets.md").read_text("utf-8")
FOLDS, *EXAMPLES = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(scope="module")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of CSV files."""
    folder = tmp_path_factory.mktemp("bars")
    for symbol, series in market(BARS).items():
        raw = series.raw
        table = pd.DataFrame({name: raw[name] for name in ("open", "high", "low", "close", "volume")})
        table.insert(0, "date", [f"{each // 10_000}-{each // 100 % 100:02}-{each % 100:02}" for each in raw["session"].tolist()])
        table.to_csv(folder / f"{symbol}.csv", index=False)
    return folder


def done(bars: Path, **parameters: Any) -> Execution:
    given = {"features": FEATURES, "labels": LABELS} | parameters
    return execute(KIND, given, SeriesData(DataRequest(source="folder", place=str(bars)), SETTINGS), lambda *_: None)


@pytest.fixture(scope="module")
def made(bars: Path) -> Execution:
    return done(bars)


@pytest.fixture(scope="module")
def folder(made: Execution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(RunFiles(str(tmp_path_factory.mktemp("made"))).save("one", made.record, made.artefacts))


def loaded(folder: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sorted(folder.glob("year-*.parquet"))], ignore_index=True)


def test_the_files_hold_what_the_manifest_says(made: Execution, folder: Path) -> None:
    manifest, table = json.loads((folder / "manifest.json").read_text()), loaded(folder)
    assert [each["name"] for each in manifest["files"]] == ["year-2019.parquet", "year-2020.parquet"]
    assert {each["name"]: each["sha256"] for each in manifest["files"]}.items() <= made.record.artefacts.items()
    assert list(table.columns) == [each["name"] for each in manifest["columns"]]
    assert len(table) == manifest["rows"] == 3 * BARS == sum(manifest["parts"].values())
    assert table["part"].value_counts().to_dict() == {name: count for name, count in manifest["parts"].items() if count}
    assert {each["name"]: each["unknown"] for each in manifest["columns"]} == table.isna().sum().to_dict()
    assert table[["ts_close", "symbol"]].apply(tuple, axis=1).is_monotonic_increasing
    units = {each["name"]: each["unit"] for each in manifest["columns"] if each["role"] == "feature"}
    assert (units["sma_20"], units["rsi_14"]) == ("price", "1")
    assert (manifest["embargo_bars"], manifest["horizon_bars"]) == (10, 10)
    assert made.record.summary["content_hash"] == manifest["content_hash"]
    one = table[table["symbol"] == "AAA"]
    close = market(BARS)["AAA"].raw["close"]
    np.testing.assert_allclose(one["return_1"].to_numpy()[1:], close[1:] / close[:-1] - 1, rtol=1e-12)
    validation = pd.Timestamp(manifest["boundaries"]["validation"])
    assert (table.loc[table["part"] == "train", "label_end"] < validation).all()
    assert (table.loc[table["part"] == "validation", "ts_close"] > validation).all()
    assert "| sma_20 | feature | float64 | price | 57 | sma_20 |" in (folder / "card.md").read_text()


def test_each_year_is_tested_once_by_what_came_before(folder: Path) -> None:
    manifest, table = json.loads((folder / "manifest.json").read_text()), loaded(folder)
    (fold,) = manifest["folds"]
    start, embargo = pd.Timestamp(fold["start"]), manifest["embargo_bars"]
    year = pd.to_datetime(table["session"]).dt.year
    assert (fold["year"], start) == (2020, table.loc[year == 2020, "ts_close"].min())
    train, test = table[table["label_end"] < start], table[table["fold"] == "2020"]
    assert (len(train), len(test)) == (fold["train"], fold["test"])
    assert (train["ts_close"] < start).all()
    assert set(table["fold"].dropna()) == {"2020"}, "there is nothing to train on for the first year"
    for symbol, rows_ in table[year == 2020].groupby("symbol"):
        own = test[test["symbol"] == symbol]
        assert own["ts_close"].min() == rows_["ts_close"].iloc[embargo]
        assert own["label_end"].notna().all()
        assert len(own) == len(rows_) - embargo - int(rows_["label_end"].isna().sum())
    assert f"| 2020 | {fold['start']} | {fold['train']:,} | {fold['test']:,} |" in (folder / "card.md").read_text()


def test_transforms_are_fitted_on_train_alone(folder: Path) -> None:
    table, fitted = loaded(folder), json.loads((folder / "transforms.json").read_text())["features"]
    train = table[table["part"] == "train"]
    for name in ("return_5", "rsi_14", "relative_strength_63", "close_above_sma_50"):
        assert fitted[name]["centre"] == pytest.approx(train[name].mean(), rel=1e-9)
        assert fitted[name]["scale"] == pytest.approx(train[name].std(), rel=1e-9)
        assert fitted[name]["centre"] != pytest.approx(table[name].mean(), rel=1e-9)
    assert "golden_cross" not in fitted


def test_croissant_metadata_are_valid_and_give_the_rows(folder: Path) -> None:
    import mlcroissant as mlc

    data = mlc.Dataset(str(folder / "croissant.json"))
    assert not data.metadata.ctx.issues.errors
    assert not data.metadata.ctx.issues.warnings
    records = list(data.records("bars"))
    table = loaded(folder)
    assert len(records) == len(table)
    assert [each["bars/rsi_14"] for each in records[-5:]] == table["rsi_14"].iloc[-5:].tolist()


def test_the_same_bars_give_the_same_bytes(made: Execution, bars: Path) -> None:
    again = done(bars)
    assert again.record == made.record
    assert again.artefacts == made.artefacts


def test_labels_do_not_change_features(made: Execution, bars: Path, tmp_path: Path) -> None:
    other = done(bars, labels=("trend_scanning(30)",))
    for name in ("year-2019.parquet", "year-2020.parquet"):
        for place, body in (("one", made.artefacts[name]), ("other", other.artefacts[name])):
            (tmp_path / f"{place}-{name}").write_bytes(body)
        one, two = (pd.read_parquet(tmp_path / f"{place}-{name}") for place in ("one", "other"))
        kept = [each for each in one.columns if not each.startswith("label_") and each not in {"part", "fold"}]
        pd.testing.assert_frame_equal(one[kept], two[kept])


def test_what_cannot_be_done_is_refused(bars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for parameters, message in (
        ({"train": 0.99, "validation": 0.0}, "test: no bar is left"),
        ({"embargo": -1}, "embargo: -1 bars are not from 0 to 1000"),
        ({"features": ["x = rsi_14", "x = rsi_7"]}, "would both be the column x"),
        ({"features": ["news_count"]}, "of news there are news_count(5), news_importance(5), industry_news_count(5)"),
        ({"features": ["news_importance(501)"]}, "501 sessions are not from 1 to 500"),
        ({"features": ["industry_news_count(5)"]}, "stories are known for stored bars alone"),
        ({"features": ["breadth = industry.breadth_50"]}, "reads industries or relative strength, which AAA.csv lacks"),
        ({"features": ["benchmark.rs_63 > 0"]}, "reads industries or relative strength, which AAA.csv lacks"),
        ({"features": ["rsi_14[1h]"]}, "reads bars of 1h, which AAA.csv lacks"),
        ({"scaling": "none"}, "scaling: 'none' is not one of standard, robust"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            done(bars, **parameters)
    monkeypatch.setattr(rows, "MOST_BYTES", 10_000)
    with pytest.raises(RunError, match="name fewer instruments or features"):
        done(bars)
    monkeypatch.setattr(parquet, "find_spec", lambda _: None)
    with pytest.raises(
        RunError, match="data sets are written with pyarrow and mlcroissant, not installed here: run `make setup-research`"
    ):
        done(bars)


def test_the_command(bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEARCH_ARTEFACTS", str(tmp_path))
    monkeypatch.setenv("CACHE", str(ROOT / ".cache"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/none.db")
    given = ["dataset", "--data", str(bars), "--feature", "returns", "--label", "forward_return(5)", "--json"]
    assert main(given) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["labels"] == ["label_forward_return_5"]
    assert (Path(answer["files"]) / "manifest.json").exists()
    assert main([*given[:-1], "--feature", "close > 100"]) == 2
    assert "error: --feature: 'close > 100 on 1d' is not known at its time" in capsys.readouterr().err


async def test_the_gateway_sends_what_a_run_has_written(made: Execution, folder: Path, tmp_path: Path) -> None:
    async with running_gateway(tmp_path, research_artefacts=str(folder.parent)) as server:
        await RunTable(server.database).add_done(made.record, str(folder), "command", 1, 2)
        async with aiohttp.ClientSession(server.url) as client:
            async with client.get("/v1/research/datasets") as response:
                (shown,) = (await response.json())["results"]
            assert (shown["id"], shown["content_hash"], shown["data_hash"]) == (
                made.record.id, made.record.summary["content_hash"], made.record.data_hash,
            )  # fmt: skip
            assert {each["name"] for each in shown["files"]} == {*made.artefacts}
            for each in shown["files"]:
                async with client.get(each["url"]) as response:
                    body = await response.read()
                assert (len(body), hashlib.sha256(body).hexdigest()) == (each["bytes"] or len(body), each["sha256"])


def test_a_job_is_a_run_of_this_kind() -> None:
    job = ExportDataset(
        id="one", requested_by="key", features=("returns",), labels=("forward_return(5)",), options={"train": 0.6, "embargo": 3},
        ts_event=1, ts_init=1, source="test",
    )  # fmt: skip
    row = new_row(job, 1)
    assert (row.state, row.request.kind) == ("queued", "dataset")
    asked = read_parameters(KIND, row.request.parameters)
    assert msgspec.structs.asdict(asked) == {
        "features": ("returns",), "labels": ("forward_return(5)",), "train": 0.6, "validation": 0.15, "embargo": 3,
        "scaling": "standard",
    }  # fmt: skip


def test_the_example_of_folds_in_the_document_runs(folder: Path) -> None:
    found: dict[str, Any] = {"folder": str(folder)}
    exec(FOLDS, found)  # noqa: S102 - our own document
    assert (len(found["train"]) > 100, len(found["test"]) > 100) == (True, True)


@pytest.mark.parametrize("package", ["pandas", "polars", "torch"])
def test_the_examples_in_the_document_run(folder: Path, package: str) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not in the environment of the tests: the example is for people who have it")
    example = next(each for each in EXAMPLES if f"import {package}\n" in each or f"import {package} as" in each)
    found: dict[str, Any] = {"folder": str(folder)}
    exec(example, found)  # noqa: S102 - our own document
    assert len(found["train"]) > 100
    if package == "pandas":
        train = found["rows"][found["rows"]["part"] == "train"]
        assert train["return_5"].mean() == pytest.approx(0.0, abs=1e-9)
        assert "label_forward_return_5" not in found["features"]
    if package == "torch":
        assert len(next(iter(found["batches"]))) == 2
