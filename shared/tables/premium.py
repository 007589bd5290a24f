"""Payments and the members of the premium channel."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from shared.tables.columns import ChargeId, metadata

payments: Final = Table(
    "payments",
    metadata,
    Column("charge_id", ChargeId, primary_key=True, comment="Telegram's telegram_payment_charge_id"),
    Column("chat_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("payload", String(128), nullable=False),
    Column("stars", Integer, nullable=False),
    Column("paid_until", BigInteger, nullable=False),
    Column("paid_at", BigInteger, nullable=False),
    Column("refunded_at", BigInteger, nullable=False, default=0, server_default="0", comment="0: not refunded"),
    Column(
        "subscription_id",
        String(128),
        nullable=False,
        default="",
        server_default="",
        comment="charge_id of its first payment; empty: not renewed",
    ),
    Column(
        "cancelled_at",
        BigInteger,
        nullable=False,
        default=0,
        server_default="0",
        comment="when its renewal was cancelled; 0: it is renewed",
    ),
    Index("ix_payments_chat_id", "chat_id"),
    comment="writer: notifier",
)

premium_members: Final = Table(
    "premium_members",
    metadata,
    Column("chat_id", String(64), primary_key=True, comment="the person's private chat"),
    Column("place", String(64), nullable=False, comment="the premium channel"),
    Column("invite_link", String(255), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("joined_at", BigInteger, nullable=False, default=0, server_default="0", comment="when admitted; 0: not yet"),
    Column("next_try_at", BigInteger, nullable=False, default=0, server_default="0", comment="of removing the person"),
    comment="writer: notifier",
)
