"""The payload of an invoice: what it offers to whom, signed, so that a checkout can be judged without a table of orders."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from services.notifier.domain.payments import Offer

PRODUCT: Final = "premium"


def payload(offer: Offer, token: str) -> str:
    """At most 128 bytes. ``token``: of the bot; the key of the signature comes from it."""
    text = f"{PRODUCT}:{offer.user_id}:{offer.stars}:{offer.made_at // 1000}"
    return f"{text}:{_signature(text, token)}"


def offer_of(payload: str, token: str) -> Offer | None:
    """What a payload offers; None where the bot did not make it.

    >>> offer_of(payload(Offer("7", 250, 5000), "1:t"), "1:t"), offer_of("premium:7:1:5:AAAA", "1:t"), offer_of("", "1:t")
    (Offer(user_id='7', stars=250, made_at=5000), None, None)
    """
    text, _, signature = payload.rpartition(":")
    if not hmac.compare_digest(_signature(text, token).encode(), signature.encode()):
        return None
    _, user_id, stars, made_at = text.split(":")
    return Offer(user_id, int(stars), int(made_at) * 1000)


def is_ours(payload: str) -> bool:
    """Whether a payload is for what the bot sells. A renewal has that of its first payment, signed with an earlier token maybe."""
    return payload.split(":", 1)[0] == PRODUCT


def _signature(text: str, token: str) -> str:
    key = hashlib.sha256(b"invoices:" + token.encode()).digest()
    return base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()[:12]).decode()
