"""/v1/keys and /v1/audit: keys are created, listed, rotated and revoked; a key is linked to a chat."""

from __future__ import annotations

from services.gateway.domain.audit import record
from services.gateway.domain.key_models import LinkCode, key_view, new_key, shown_once
from services.gateway.domain.keys import hash_of, key_text, new_code, new_id, new_secret
from services.gateway.domain.page_tokens import page_token, parse_page_token
from services.gateway.domain.problems import RequestError
from services.gateway.domain.times import rfc3339
from services.gateway.handlers.gateway import Gateway
from services.gateway.handlers.operation import Call, Reply
from services.gateway.handlers.responses import answer_of_views

PROVIDER = "finstage"


async def list_keys(gateway: Gateway, call: Call) -> Reply:  # noqa: ARG001 - every operation takes its call
    """All keys, also those that have expired or were revoked, the oldest first. No secrets."""
    return Reply(answer_of_views(map(key_view, await gateway.keys.all()), PROVIDER).body)


async def own_key(gateway: Gateway, call: Call) -> Reply:  # noqa: ARG001
    """The key that the request is made with."""
    return Reply(answer_of_views([key_view(call.key)], PROVIDER).body)


async def create_key(gateway: Gateway, call: Call) -> Reply:
    """A new key. The answer has its secret, which is not stored and is shown this once."""
    secret = new_secret()
    key = new_key(call.body, new_id(), hash_of(secret), call.now)
    audit = call.audited("key.create", key.id, name=key.name, owner=key.owner, scopes=sorted(key.scopes))
    await gateway.keys.create(key, audit)
    shown = shown_once(key, key_text(key.id, secret))
    return Reply(answer_of_views([shown], PROVIDER).body, 201)


async def rotate_key(gateway: Gateway, call: Call) -> Reply:
    """A new secret for a key; its id, scopes and limits stay. The old secret is taken for ``keep_seconds`` more."""
    key_id, secret = call.parts["id"], new_secret()
    until = call.now + 1000 * call.body.keep_seconds
    audit = call.audited("key.rotate", key_id, keep_seconds=call.body.keep_seconds)
    key = await gateway.keys.rotate(key_id, hash_of(secret), until, audit)
    if key is None:
        raise _unknown(key_id, " that is neither revoked nor expired")
    gateway.authentication.forget(key_id)
    return Reply(answer_of_views([shown_once(key, key_text(key_id, secret))], PROVIDER).body)


async def revoke_key(gateway: Gateway, call: Call) -> Reply:
    """Make a key invalid for ever; other gateways take it for up to five seconds more. Revoking it again changes nothing."""
    key_id = call.parts["id"]
    if not await gateway.keys.revoke(key_id, call.now, call.audited("key.revoke", key_id)):
        raise _unknown(key_id)
    gateway.authentication.forget(key_id)
    return Reply(b"", 204)


async def link_key(gateway: Gateway, call: Call) -> Reply:
    """A code for the bot's /link: the chat in which it is sent then shares its watchlist and alerts with this key."""
    code, key = new_code(), call.key
    expires = call.now + 1000 * gateway.settings.link_seconds
    await gateway.keys.add_code(key.id, hash_of(code), expires, call.audited("key.link", key.id))
    return Reply(answer_of_views([LinkCode(code=code, expires=rfc3339(expires))], PROVIDER).body, 201)


async def list_audit(gateway: Gateway, call: Call) -> Reply:
    """What was changed through the gateway, the newest first."""
    query = call.query
    before = parse_page_token("audit", query.page_token, int)[0] if query.page_token is not None else None
    found = await gateway.keys.audit(query.limit + 1, before)
    shown = found[: query.limit]
    token = page_token("audit", shown[-1].id) if len(found) > query.limit else None
    return Reply(answer_of_views(map(record, shown), PROVIDER, next_page_token=token).body)


def _unknown(key_id: str, valid: str = "") -> RequestError:
    why = f"id: there is no key {key_id!r:.80}{valid}; /v1/keys lists them"
    return RequestError("unknown-key", why, field="id", value=key_id)
