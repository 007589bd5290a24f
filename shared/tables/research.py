"""Runs of research."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text

from shared.tables.columns import Long, metadata

research_runs: Final = Table(
    "research_runs",
    metadata,
    Column("id", String(64), primary_key=True, comment="chosen by the requester"),
    Column("kind", String(32), nullable=False, comment="backtest, grid, discovery or dataset"),
    Column("request", Long, nullable=False, comment="JSON: the data and the parameters"),
    Column("state", String(9), nullable=False, comment="queued, running, done, failed, refused or cancelled"),
    Column("done", Double, nullable=False, default=0.0, comment="of total"),
    Column("total", Double, nullable=False, default=0.0, comment="0: not known yet"),
    Column("note", String(255), nullable=False, default="", comment="what is being done"),
    Column("requested_by", String(128), nullable=False, comment="API key id, chat or command"),
    Column("tries", Integer, nullable=False, default=0, comment="processes that began it"),
    Column("claim", String(32), nullable=False, default="", comment="of the process that runs it; it alone may finish it"),
    Column("lease_until", BigInteger, nullable=False, default=0, comment="another process may begin it again after this"),
    Column("cancel", Boolean, nullable=False, default=False, comment="it is to stop"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("result", Long, nullable=False, comment="RunRecord as JSON; empty until it is done"),
    Column("error_code", String(24), nullable=False, default="", comment="as ResearchError.code"),
    Column("error", Text, nullable=False, comment="why it failed or was refused"),
    Column("error_reason", Text, comment="JSON: code, field and values of error, to say it in any language"),
    Column("location", Text, nullable=False, comment="folder or URL of its files"),
    Column("data_hash", String(64), nullable=False, default=""),
    Column("parameters_hash", String(64), nullable=False, default=""),
    Column("plan_version", String(64), nullable=False, default=""),
    Column("code_version", String(64), nullable=False, default=""),
    Column("to_report", Boolean, nullable=False, default=False, comment="its outcome is not yet on research.results.v1"),
    Index("ix_research_runs_state_created_at", "state", "created_at"),
    Index("ix_research_runs_requested_by_state", "requested_by", "state"),
    Index("ix_research_runs_to_report", "to_report"),
    comment="writer: analysis research",
)
