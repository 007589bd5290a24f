"""Makes a frame of features from the rows of indicators: one row for each instrument and bar, one column for each indicator.

``python -m examples.feature_frame FILE [TIMEFRAME]``, where FILE was written by
``python -m examples.consume_aiokafka BOOTSTRAP analysis.indicators.v1 FILE``.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd


def feature_frame(file: Path, timeframe: str) -> pd.DataFrame:
    """The frame, by symbol and close time (UTC). Values that are not warmed up are NaN.

    A row may be published again after a split or a correction of a provider: the inbox has the newest one.
    """
    newest: dict[tuple[str, int], dict[str, object]] = {}
    with closing(sqlite3.connect(file)) as database:
        for (body,) in database.execute("SELECT body FROM events"):
            event = json.loads(body)
            if event["type"] == "indicators" and event["timeframe"] == timeframe:
                newest[event["symbol"], event["ts_event"]] = {"close": event["close"], **event["values"]}
    times = pd.to_datetime([time for _, time in newest], unit="ms", utc=True)
    index = pd.MultiIndex.from_arrays([[symbol for symbol, _ in newest], times], names=["symbol", "time"])
    return pd.DataFrame(list(newest.values()), index=index, dtype=float).sort_index()


if __name__ == "__main__":
    frame = feature_frame(Path(sys.argv[1]), (sys.argv[2:] or ["1d"])[0])
    print(frame.describe().T[["count", "mean", "min", "max"]].to_string())
