"""All access to the database: embedded SQLite (WAL), or MySQL 8 or MariaDB by aiomysql or asyncmy.

``begin()`` and ``connect()`` raise transient driver errors (connection lost, lock wait, deadlock, database busy) as
``TransientError``. No error or log line contains the password of the URL.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Table, TextClause, bindparam, event, literal_column, text
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from shared.failures import PoisonError, TransientError
from shared.settings import DRIVERS

Row = Mapping[str, Any]
CONNECT_SECONDS: Final = 10
BUSY_SECONDS: Final = 30
"""How long a writer waits for another writer."""
BLOCK_SECONDS: Final = 60.0
"""How long a ``begin()`` or ``connect()`` block may take as a whole."""
PING_SECONDS: Final = 2.0
TRANSIENT_ERRORS: Final = frozenset(
    {1040, 1053, 1152, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1927, 1969, 2002, 2003, 2006, 2013, 2014, 2055, 3024}
)
"""MySQL error numbers: too many connections, shutdown, network, lock wait, deadlock, interrupted, connection lost, timeout."""
SQLITE_BUSY: Final = ("database is locked", "database table is locked", "database schema is locked", "database is busy")

log = structlog.get_logger("db")


class Database:
    """An engine with its pool, and the differences between the dialects."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        """``sqlite`` or ``mysql`` (MariaDB too)."""
        self._writer = asyncio.Lock()  # SQLite does not queue writers fairly: the writers of this process queue here

    @asynccontextmanager
    async def begin(self, *, seconds: float = BLOCK_SECONDS) -> AsyncIterator[AsyncConnection]:
        """A transaction for writing: committed at the end of the block, rolled back when it raises.

        SQLite's write lock is acquired at the start. ``seconds`` limits the whole block.

        Raises:
            TransientError: the database is not available, or another writer holds a lock.
            PoisonError: a value does not fit its column.
        """
        with database_errors():
            async with asyncio.timeout(seconds):
                if self.dialect != "sqlite":
                    async with self.engine.begin() as connection:
                        yield connection
                    return
                async with self._writer, self.engine.connect() as plain:
                    connection = await plain.execution_options(finstage_writes=True)
                    async with connection.begin():
                        yield connection

    @asynccontextmanager
    async def connect(self, *, seconds: float = BLOCK_SECONDS) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; nothing is committed. Raises as ``begin``."""
        with database_errors():
            async with asyncio.timeout(seconds), self.engine.connect() as connection:
                yield connection

    def upsert(self, table: Table, rows: Sequence[Row], update: Sequence[str] | None = None) -> TextClause:
        """The statement that inserts ``rows`` or updates those whose key exists, to be run as executemany.

        ``await connection.execute(database.upsert(bars, rows), rows)``. ``rows`` all have the same columns. ``update`` names the
        columns to update; None: all columns of the rows outside the key; empty: existing rows stay unchanged.

        Raises:
            ValueError: there are no rows, or they name a column that the table lacks.
        """
        if not rows:
            raise ValueError(f"upsert into {table.name}: no rows")
        names = [*rows[0], *(update or ())]
        if unknown := [name for name in names if name not in table.columns]:
            raise ValueError(f"upsert into {table.name}: unknown columns {unknown}")
        return _upsert(self.dialect, table, tuple(rows[0]), None if update is None else tuple(update))

    async def ping(self) -> None:
        """Run ``SELECT 1``. Raises TransientError: it fails or takes longer than two seconds."""
        try:
            async with self.connect(seconds=PING_SECONDS) as connection:
                await connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise TransientError(f"the database does not answer: {type(error).__name__}") from error


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...], update: tuple[str, ...] | None) -> TextClause:
    """As text, since SQLAlchemy compiles the upserts of its dialects anew each time they are executed."""
    key = [column.name for column in table.primary_key.columns]
    changed = [name for name in names if name not in key] if update is None else list(update)
    statement: sqlite.Insert | mysql.Insert
    if dialect == "sqlite":
        statement = sqlite.insert(table)
        if not changed:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        else:
            news = {name: statement.excluded[name] for name in changed}
            statement = statement.on_conflict_do_update(index_elements=key, set_=news)
    else:
        # VALUES(column), not "AS new": only this form is sent as one statement by aiomysql's executemany
        values: dict[str, Any] = {name: literal_column(f"VALUES(`{name}`)") for name in changed or key[:1]}
        statement = mysql.insert(table).on_duplicate_key_update(values)
    named = sqlite.dialect(paramstyle="named") if dialect == "sqlite" else mysql.dialect(paramstyle="named")
    compiled: Any = statement.compile(dialect=named, column_keys=names)
    given = [bindparam(name, type_=table.columns[name].type) for name in names]
    defaults = [bindparam(column.name, column.default.arg, column.type) for column in compiled.insert_prefetch]
    return text(str(compiled)).bindparams(*given, *defaults)


@contextmanager
def database_errors() -> Iterator[None]:
    """Translate driver errors into those of ``shared.failures``; programming errors pass unchanged."""
    try:
        yield
    except DataError as error:
        raise PoisonError(f"the database refuses a value: {error.orig}") from error
    except DBAPIError as error:
        if error.connection_invalidated or _is_transient(error):
            raise TransientError(f"database: {error.orig}") from error
        raise
    except (PoolTimeoutError, TimeoutError) as error:
        raise TransientError(f"database: no answer in time: {error}") from error
    except OSError as error:
        raise TransientError(f"database: {error}") from error


def _is_transient(error: DBAPIError) -> bool:
    arguments = getattr(error.orig, "args", ())
    if arguments and isinstance(arguments[0], int):
        return arguments[0] in TRANSIENT_ERRORS
    return any(busy in str(error.orig) for busy in SQLITE_BUSY)


@asynccontextmanager
async def open_database(url: str, *, pool_size: int = 5) -> AsyncIterator[Database]:
    """Open the database at ``url`` (``settings.database_url``) and close it at the end of the block. No connection is made yet.

    Raises:
        ValueError: the URL names a driver that is not supported.
    """
    engine = engine_of(url, pool_size)
    try:
        yield Database(engine)
    finally:
        async with asyncio.timeout(CONNECT_SECONDS):
            await engine.dispose()


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; its first connection creates it. None for a server or memory. Raises as ``open_database``."""
    parsed = _parsed(url)
    on_disk = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
    return Path(str(parsed.database)) if on_disk else None


def without_password(url: str) -> str:
    """The URL for people: without its password and its parameters, which may hold one. Raises as ``open_database``."""
    return _parsed(url).set(query={}).render_as_string(hide_password=True)


def engine_of(url: str, pool_size: int = 5) -> AsyncEngine:
    """The engine of a database URL. Raises as ``open_database``."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, pool_size)
    return create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=CONNECT_SECONDS,
        pool_recycle=1800,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_SECONDS,
            "init_command": f"SET time_zone='+00:00', innodb_lock_wait_timeout={BUSY_SECONDS}",
        },
    )


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(
            "DATABASE_URL is not a URL like sqlite+aiosqlite:///FILE or mysql+aiomysql://USER:PASSWORD@HOST/DB"
        ) from None
    if parsed.drivername not in DRIVERS:
        raise ValueError(f"DATABASE_URL has driver {parsed.drivername!r}; supported: {', '.join(DRIVERS)}")
    return parsed


def _enable_wal(cursor: Any) -> None:
    """Switch a file to WAL. SQLite needs exclusive access for that and does not wait for it, so this retries."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            await_only(asyncio.sleep(random.uniform(0.005, 0.05)))  # noqa: S311  # jitter
        else:
            return


def _sqlite_engine(url: URL, pool_size: int) -> AsyncEngine:
    on_disk = bool(url.database) and url.database != ":memory:"
    if on_disk:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    pool: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": CONNECT_SECONDS} if on_disk else {}
    engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        _enable_wal(cursor)
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # a transaction that becomes a writer halfway fails at once instead of waiting, so writers begin as writers
        writes = connection.get_execution_options().get("finstage_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
