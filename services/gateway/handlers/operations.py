"""The table of operations that need a key."""

from __future__ import annotations

from typing import Final

from services.gateway.domain.audit import AuditRecord
from services.gateway.domain.key_models import KeyRequest, KeyView, LinkCode, NewKey, RotateRequest
from services.gateway.domain.owned import (
    Alert,
    AlertChange,
    AlertRequest,
    ChosenRule,
    DeliveriesQuery,
    DeliveryView,
    RuleRequest,
    Watched,
    WatchlistRequest,
)
from services.gateway.domain.queries import AuditQuery
from services.gateway.handlers import keys, owned
from services.gateway.handlers.operation import Operation

MATCHED: Final = (409, 412, 428)
"""Problems of a change that takes If-Match."""
OPERATIONS: Final = (
    Operation("GET", "/v1/keys", keys.list_keys, "admin", KeyView, "All keys", "keys"),
    Operation(
        "POST",
        "/v1/keys",
        keys.create_key,
        "admin",
        NewKey,
        "Create a key",
        "keys",
        body=KeyRequest,
        example='{"name": "dashboard", "owner": "kim", "scopes": ["read", "write"]}',
        status=201,
    ),
    Operation("GET", "/v1/keys/self", keys.own_key, "read", KeyView, "The key of this request", "keys"),
    Operation(
        "POST", "/v1/keys/self/link", keys.link_key, "write", LinkCode, "A code that links this key to a chat", "keys", status=201
    ),
    Operation(
        "POST",
        "/v1/keys/{id}/rotate",
        keys.rotate_key,
        "admin",
        NewKey,
        "Replace the secret of a key",
        "keys",
        body=RotateRequest,
        example='{"keep_seconds": 3600}',
    ),
    Operation("DELETE", "/v1/keys/{id}", keys.revoke_key, "admin", KeyView, "Revoke a key", "keys", status=204),
    Operation(
        "GET", "/v1/audit", keys.list_audit, "admin", AuditRecord, "What was changed, newest first", "keys", query=AuditQuery
    ),
    Operation("GET", "/v1/watchlist", owned.get_watchlist, "read", Watched, "The watchlist", "own", matched=True),
    Operation(
        "PUT",
        "/v1/watchlist",
        owned.put_watchlist,
        "write",
        Watched,
        "Replace the watchlist",
        "own",
        body=WatchlistRequest,
        example='{"symbols": ["AAPL", "NVDA"]}',
        problems=MATCHED,
        matched=True,
        idempotent=True,
    ),
    Operation(
        "PUT",
        "/v1/watchlist/{symbol}",
        owned.watch,
        "write",
        Watched,
        "Add to the watchlist",
        "own",
        problems=(409,),
        idempotent=True,
    ),
    Operation(
        "DELETE",
        "/v1/watchlist/{symbol}",
        owned.unwatch,
        "write",
        Watched,
        "Remove from the watchlist",
        "own",
        status=204,
        problems=(409,),
        idempotent=True,
    ),
    Operation("GET", "/v1/alerts", owned.list_alerts, "read", Alert, "Alerts on conditions", "own", matched=True),
    Operation(
        "POST",
        "/v1/alerts",
        owned.add_alert,
        "write",
        Alert,
        "Alert on a condition",
        "own",
        body=AlertRequest,
        example='{"condition": "rsi_14 < 30 on 1d", "symbols": ["AAPL"]}',
        status=201,
        problems=(409,),
        idempotent=True,
    ),
    Operation(
        "PUT",
        "/v1/alerts/{number}",
        owned.put_alert,
        "write",
        Alert,
        "Pause or resume an alert",
        "own",
        body=AlertChange,
        example='{"enabled": false}',
        problems=(409,),
        idempotent=True,
    ),
    Operation(
        "DELETE",
        "/v1/alerts/{number}",
        owned.remove_alert,
        "write",
        Alert,
        "Remove an alert",
        "own",
        status=204,
        problems=(409,),
        idempotent=True,
    ),
    Operation("GET", "/v1/rules", owned.list_rules, "read", ChosenRule, "Choices about rules", "own", matched=True),
    Operation(
        "PUT",
        "/v1/rules/{rule}",
        owned.put_rule,
        "write",
        ChosenRule,
        "Choose whether signals of a rule are wanted",
        "own",
        body=RuleRequest,
        example='{"wanted": true}',
        problems=MATCHED,
        matched=True,
        idempotent=True,
    ),
    Operation(
        "GET",
        "/v1/deliveries",
        owned.list_deliveries,
        "read",
        DeliveryView,
        "What became of alerts, newest first",
        "own",
        query=DeliveriesQuery,
    ),
)
