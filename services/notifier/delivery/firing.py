"""Which alerts of chats fire on a signal of their condition: expiry, cooldown, once, and a stop for those that fire too often."""

from __future__ import annotations

import hashlib

from services.notifier.domain.conditions import FLOOD_MOST, ConditionAlert, after_firing, is_cooling_down, is_flooding, stop
from services.notifier.domain.contents import notice_body
from services.notifier.domain.delivery import DeliveryStatus, Priority
from services.notifier.domain.ports.deliveries import NewDelivery
from services.notifier.domain.recipients import Chat
from services.notifier.words.catalogue import LANGUAGES, phrase


class Firing:
    """The alerts that fire in one batch."""

    def __init__(self, now: int) -> None:
        self._now = now
        self.changed: dict[tuple[str, str, int], ConditionAlert] = {}
        """The alerts whose state changed, to be stored after the deliveries."""
        self.notices: list[NewDelivery] = []

    def fires(self, alert: ConditionAlert, chat: Chat) -> bool:
        """Whether the alert is sent. It is counted, and may stop itself."""
        key = (alert.channel, alert.chat_id, alert.number)
        current = self.changed.get(key, alert)
        if not current.enabled or is_cooling_down(current, self._now):
            return False
        if current.expires_at and current.expires_at <= self._now:
            self.changed[key] = stop(current, "expired")
            return False
        if is_flooding(current, self._now):
            self.changed[key] = stop(current, "flood")
            self.notices.append(_notice(alert, chat, self._now))
            return False
        self.changed[key] = after_firing(current, self._now)
        return True


def _notice(alert: ConditionAlert, chat: Chat, now: int) -> NewDelivery:
    texts = {language: phrase(language, "notice-flood", number=str(alert.number), most=FLOOD_MOST) for language in LANGUAGES}
    name = f"flood {alert.channel} {alert.chat_id} {alert.number} {now}"
    notice_id = hashlib.sha256(name.encode()).hexdigest()[:32]
    return NewDelivery(
        notice_id, chat, DeliveryStatus.PENDING, notice_body(texts), kind="notice", paced=False, priority=Priority.URGENT
    )
