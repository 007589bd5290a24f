"""The metadata of all tables, and the columns and types that several of them have."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.dialects.mysql import LONGBLOB, MEDIUMTEXT, VARCHAR
from sqlalchemy.sql.type_api import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Blob: Final[TypeEngine[bytes]] = LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
Long: Final[TypeEngine[str]] = Text().with_variant(MEDIUMTEXT(), "mysql", "mariadb")

Cased: Final[TypeEngine[str]] = String(4).with_variant(VARCHAR(4, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")
"""A timeframe: 1m is a minute, 1M a month."""

ChargeId: Final[TypeEngine[str]] = String(128).with_variant(
    VARCHAR(128, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)
"""Two charges may differ in the case of a letter alone."""


def symbol_column(**more: Any) -> Column[str]:
    """The instrument of a row."""
    return Column("symbol", String(32), nullable=False, **more)


def thread_column(**more: Any) -> Column[int]:
    """The topic of a group in which a chat reads."""
    about = "topic of a Telegram forum; 0: the chat itself"
    return Column("thread_id", BigInteger, nullable=False, default=0, comment=about, **more)
