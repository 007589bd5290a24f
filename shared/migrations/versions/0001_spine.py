"""The first tables: instruments and industries, bars, signals, checkpoints, and the chats, watchlists and deliveries of alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BLOB = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
LONG = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=255), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False, comment="a rule type; no rows for a chat means all types"),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", "rule", name=op.f("pk_alert_rules")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "bars",
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("timeframe", sa.String(length=4), nullable=False),
        sa.Column("ts_close", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ts_open", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False, comment="yyyymmdd"),
        sa.Column("open", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("close", sa.Double(), nullable=False),
        sa.Column("volume", sa.Double(), nullable=False),
        sa.Column("price_factor", sa.Double(), nullable=False, comment="adjusted price = raw x price_factor"),
        sa.Column("split_factor", sa.Double(), nullable=False, comment="adjusted volume = raw / split_factor"),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("symbol", "timeframe", "ts_close", name=op.f("pk_bars")),
        comment="writer: analysis live. Raw prices.",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "chats",
        sa.Column("channel", sa.String(length=16), nullable=False, comment="telegram, webhook or console"),
        sa.Column("chat_id", sa.String(length=255), nullable=False, comment="Telegram chat id, webhook name, or console"),
        sa.Column("user_id", sa.String(length=64), nullable=False, comment="who may change its settings"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="private, group, webhook or console"),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("watch_all", sa.Boolean(), nullable=False),
        sa.Column("unvalidated", sa.Boolean(), nullable=False, comment="wants signals without an out-of-sample record"),
        sa.Column("muted_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", name=op.f("pk_chats")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "checkpoints",
        sa.Column("partition_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False, comment="in market.ticks.v1; compare-and-set on this"),
        sa.Column("state_version", sa.String(length=64), nullable=False, comment="hash of what shapes the state"),
        sa.Column("state", BLOB, nullable=False),
        sa.Column("owner", sa.String(length=96), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partition_no", name=op.f("pk_checkpoints")),
        comment="writer: analysis live",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "deliveries",
        sa.Column("signal_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=255), nullable=False),
        sa.Column(
            "status", sa.String(length=8), nullable=False, comment="pending, sending, sent, unknown, failed, expired or muted"
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("unknowns", sa.Integer(), nullable=False, comment="tries that were written but never answered"),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.Column("body", LONG, nullable=False, comment="the Signal event as JSON"),
        sa.Column("traceparent", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("to_report", sa.Boolean(), nullable=False, comment="its outcome is not yet on notify.deliveries.v1"),
        sa.PrimaryKeyConstraint("signal_id", "channel", "chat_id", name=op.f("pk_deliveries")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_deliveries_status_next_try_at", "deliveries", ["status", "next_try_at"], unique=False)
    op.create_index("ix_deliveries_to_report", "deliveries", ["to_report"], unique=False)
    op.create_table(
        "industries",
        sa.Column("industry", sa.String(length=48), nullable=False, comment="slug, as in semiconductors"),
        sa.Column("name_en", sa.String(length=96), nullable=False),
        sa.Column("name_ko", sa.String(length=96), nullable=False),
        sa.PrimaryKeyConstraint("industry", name=op.f("pk_industries")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "ingest_cursors",
        sa.Column("cursor", sa.String(length=128), nullable=False, comment="replay:TAPE or history:SYMBOL:TIMEFRAME"),
        sa.Column("position", LONG, nullable=False, comment="JSON; how far this source has been published"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_ingest_cursors")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "instruments",
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("name_ko", sa.String(length=160), nullable=False),
        sa.Column("exchange", sa.String(length=16), nullable=False, comment="code in shared.calendars.CALENDARS"),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="index, future, stock, etf, fx or crypto"),
        sa.Column("sector", sa.String(length=64), nullable=False),
        sa.Column("aliases", LONG, nullable=False, comment="JSON array of names that news use"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("symbol", name=op.f("pk_instruments")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "signals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("timeframe", sa.String(length=4), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("ts_event", sa.BigInteger(), nullable=False),
        sa.Column("body", LONG, nullable=False, comment="the Signal event as JSON"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        comment="writer: analysis live",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_signals_symbol_ts_event", "signals", ["symbol", "ts_event"], unique=False)
    op.create_index("ix_signals_ts_event", "signals", ["ts_event"], unique=False)
    op.create_table(
        "watchlists",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("chat_id", sa.String(length=255), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", "symbol", name=op.f("pk_watchlists")),
        comment="writer: notifier",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_watchlists_symbol", "watchlists", ["symbol"], unique=False)
    op.create_table(
        "instrument_industries",
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("industry", sa.String(length=48), nullable=False),
        sa.ForeignKeyConstraint(["industry"], ["industries.industry"], name=op.f("fk_instrument_industries_industry_industries")),
        sa.ForeignKeyConstraint(["symbol"], ["instruments.symbol"], name=op.f("fk_instrument_industries_symbol_instruments")),
        sa.PrimaryKeyConstraint("symbol", "industry", name=op.f("pk_instrument_industries")),
        comment="writer: ingest",
        mysql_charset="utf8mb4",
    )


def downgrade() -> None:
    op.drop_table("instrument_industries")
    op.drop_index("ix_watchlists_symbol", table_name="watchlists")
    op.drop_table("watchlists")
    op.drop_index("ix_signals_ts_event", table_name="signals")
    op.drop_index("ix_signals_symbol_ts_event", table_name="signals")
    op.drop_table("signals")
    op.drop_table("instruments")
    op.drop_table("ingest_cursors")
    op.drop_table("industries")
    op.drop_index("ix_deliveries_to_report", table_name="deliveries")
    op.drop_index("ix_deliveries_status_next_try_at", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("checkpoints")
    op.drop_table("chats")
    op.drop_table("bars")
    op.drop_table("alert_rules")
