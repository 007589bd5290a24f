"""/v1/watchlist, /v1/alerts, /v1/rules and /v1/deliveries: what belongs to the owner of a key."""

from __future__ import annotations

from typing import Any, Final

from services.gateway.domain.owned import (
    MAX_WATCHED,
    NOT_LINKED,
    Alert,
    AlertRequest,
    Change,
    Owner,
    etag_of,
    named_states,
    owner_of,
)
from services.gateway.domain.owned_store import Stored
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.parameter_types import RULES
from services.gateway.domain.problems import RequestError, unknown_value_error
from services.gateway.domain.timeframes import NAME_BY_TIMEFRAME
from services.gateway.domain.times import rfc3339
from services.gateway.handlers.conditions import read
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.operation import Call, Reply
from services.gateway.handlers.responses import answer_of_views

PROVIDER: Final = "finstage"
NO_CONTENT: Final = 204


async def get_watchlist(gateway: Gateway, call: Call) -> Reply:
    """The watchlist of the key's owner: of the linked chat, where the key is linked to one."""
    owner = owner_of(call.key)
    return _state(await gateway.owned.watchlist(owner), owner)


async def put_watchlist(gateway: Gateway, call: Call) -> Reply:
    """Replace the whole watchlist, where it is still the one that If-Match names."""
    symbols = list(dict.fromkeys(call.body.symbols))
    for symbol in symbols:
        gateway.check_symbol(symbol, "symbols")
    owner = owner_of(call.key)
    audit = call.audited("watchlist.put", _name(owner), symbols=symbols)
    return _reply(await gateway.owned.put_watchlist(owner, symbols, call.now, _matched_change(call), audit), owner, tagged=True)


async def watch(gateway: Gateway, call: Call) -> Reply:
    """Add an instrument to the watchlist. One that is there already stays."""
    symbol, owner = call.parts["symbol"], owner_of(call.key)
    gateway.check_symbol(symbol)
    audit = call.audited("watchlist.add", _name(owner), symbol=symbol)
    return _reply(await gateway.owned.watch(owner, symbol, MAX_WATCHED, call.now, _change(call), audit), owner)


async def unwatch(gateway: Gateway, call: Call) -> Reply:
    """Remove an instrument from the watchlist. One that is not there is no error."""
    symbol, owner = call.parts["symbol"], owner_of(call.key)
    gateway.check_symbol(symbol)
    audit = call.audited("watchlist.remove", _name(owner), symbol=symbol)
    return _reply(await gateway.owned.unwatch(owner, symbol, _change(call), audit), owner)


async def list_alerts(gateway: Gateway, call: Call) -> Reply:
    """The alerts on conditions of the key's owner."""
    owner = owner_of(call.key)
    return _state(await gateway.owned.alerts(owner), owner)


async def add_alert(gateway: Gateway, call: Call) -> Reply:
    """Alert on a condition. One that is there already is answered as it is."""
    request: AlertRequest = call.body
    gateway.check_industry(request.industry)
    symbols = list(dict.fromkeys(request.symbols))
    for symbol in symbols:
        gateway.check_symbol(symbol, "symbols")
    if symbols and request.industry:
        raise RequestError(
            "invalid-parameter", "industry: name symbols or an industry, not both", field="industry", code="symbols-or-industry"
        )
    condition, owner = await read(request.condition), owner_of(call.key)
    alert = Alert(
        number=0,
        id=condition.id,
        condition=condition.text,
        timeframe=NAME_BY_TIMEFRAME[condition.timeframe],
        frequency=request.frequency,
        scope="industry" if request.industry else "symbols" if symbols else "watched",
        targets=[request.industry] if request.industry else symbols,
        enabled=True,
        stopped="",
        created=rfc3339(call.now),
    )
    audit = call.audited("alert.add", _name(owner), condition=condition.text)
    return _reply(await gateway.owned.add_alert(owner, alert, condition, call.now, _change(call), audit), owner)


async def put_alert(gateway: Gateway, call: Call) -> Reply:
    """Pause an alert or resume it."""
    number, owner = _number(call.parts["number"]), owner_of(call.key)
    audit = call.audited("alert.put", _name(owner), number=number, enabled=call.body.enabled)
    return _reply(await gateway.owned.put_alert(owner, number, call.body.enabled, call.now, _change(call), audit), owner)


async def remove_alert(gateway: Gateway, call: Call) -> Reply:
    """Remove an alert. PUT takes that back, until another one is added or removed."""
    number, owner = _number(call.parts["number"]), owner_of(call.key)
    audit = call.audited("alert.remove", _name(owner), number=number)
    return _reply(await gateway.owned.remove_alert(owner, number, _change(call), audit), owner)


async def list_rules(gateway: Gateway, call: Call) -> Reply:
    """The rules about which the key's owner has made a choice."""
    owner = owner_of(call.key)
    return _state(await gateway.owned.rules(owner), owner)


async def put_rule(gateway: Gateway, call: Call) -> Reply:
    """Choose whether signals of a rule are wanted, where the choices are still those that If-Match names."""
    rule, owner = call.parts["rule"], owner_of(call.key)
    if rule not in RULES:
        raise unknown_value_error("rule", rule, RULES, "not-found")
    audit = call.audited("rule.put", _name(owner), rule=rule, wanted=call.body.wanted)
    return _reply(await gateway.owned.put_rule(owner, rule, call.body.wanted, _matched_change(call), audit), owner, tagged=True)


async def list_deliveries(gateway: Gateway, call: Call) -> Reply:
    """What became of the alerts of the linked chat, the newest first."""
    query, owner = call.query, owner_of(call.key)
    before = parse_page_token("deliveries", query.page_token, int, str) if query.page_token is not None else None
    found = await gateway.owned.deliveries(owner, query.status, query.limit + 1, (before[0], before[1]) if before else None)
    shown = found[: query.limit]
    token = page_token("deliveries", shown[-1][0], shown[-1][1].signal_id) if len(found) > query.limit else None
    views = [view for _, view in shown]
    return Reply(answer_of_views(views, PROVIDER, _warnings(owner), next_page_token=token).body)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestError("not-found", f"number: there is no alert {text!r:.40}", field="number", value=text, code="alert-unknown")
    return int(text)


def _state(views: list[Any], owner: Owner) -> Reply:
    return Reply(answer_of_views(views, PROVIDER, _warnings(owner)).body, headers={"ETag": etag_of(views)})


def _reply(stored: Stored, owner: Owner, *, tagged: bool = False) -> Reply:
    headers = {"Idempotent-Replayed": "true"} if stored.replayed else {}
    if stored.status == NO_CONTENT:
        return Reply(b"", stored.status, headers)
    if tagged:
        headers["ETag"] = etag_of(stored.results)
    return Reply(answer_of_views(stored.results, PROVIDER, _warnings(owner)).body, stored.status, headers)


def _warnings(owner: Owner) -> list[str]:
    return [] if owner.linked else [NOT_LINKED]


def _name(owner: Owner) -> str:
    return f"{owner.channel}:{owner.chat_id}"


def _matched_change(call: Call) -> Change:
    """Of a state that If-Match names: without it the answer is 428, also where its Idempotency-Key has been used."""
    named_states(call.if_match)
    return _change(call)


def _change(call: Call) -> Change:
    return Change(call.principal.id, call.idempotency_key, call.request_hash, call.if_match)
