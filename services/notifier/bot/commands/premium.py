"""/premium, /paysupport and /terms."""

from __future__ import annotations

from services.notifier.delivery.clock import TimeAndRandom
from services.notifier.domain.members import Member
from services.notifier.domain.messages import Button, Reply
from services.notifier.domain.payments import Offer, Payment, renewing, running
from services.notifier.domain.ports.payments import MemberStore, PaymentStore, PremiumChannel, RequestFailedError, Stars
from services.notifier.domain.premium_replies import needs_premium, premium_screen
from services.notifier.domain.recipients import Chat
from services.notifier.domain.telegram_html import escape
from services.notifier.domain.tiers import Tiers
from services.notifier.words.catalogue import phrase


async def premium(
    chat: Chat,
    arguments: str,
    tiers: Tiers,
    payments: PaymentStore | None,
    stars: Stars | None,
    members: MemberStore | None,
    premium_channel: PremiumChannel | None,
    clock: TimeAndRandom,
) -> Reply:
    """Show the state with a button that pays; ``channel`` invites, ``cancel`` and ``resume`` change the renewal."""
    if payments is None or stars is None or not tiers.sells:
        return Reply(phrase(chat.language, "premium-off"))
    if chat.kind != "private":
        return Reply(phrase(chat.language, "premium-private"))
    now, verb = clock.now(), arguments.strip().casefold()
    mine = await payments.of_chat(chat.chat_id)
    try:
        if verb == "channel":
            return await _invite(chat, tiers, members, premium_channel, now)
        if verb in {"cancel", "resume"}:
            return await _set_renewal(chat, mine, payments, stars, now, renews=verb == "resume")
        link = "" if tiers.has_paid(chat, now) else await stars.invoice(Offer(chat.chat_id, tiers.stars, now), chat.language)
    except RequestFailedError:
        return Reply(phrase(chat.language, "premium-unavailable"))
    return premium_screen(chat, tiers, mine, link, now, channel=premium_channel is not None)


async def _set_renewal(chat: Chat, mine: list[Payment], payments: PaymentStore, stars: Stars, now: int, *, renews: bool) -> Reply:
    alive = running(mine, now)
    newest = max(alive, key=lambda each: each.paid_until, default=None)
    if newest is None or renews != (renewing(mine, now) is None):
        return Reply(phrase(chat.language, "premium-unchanged"))
    await stars.set_renewal(newest, renews=renews)
    if not renews:  # Telegram asks the person whether to renew again, and reports it then
        await payments.set_cancelled([each.charge_id for each in alive], now)
    return Reply(phrase(chat.language, "premium-resumed" if renews else "premium-cancelled"))


async def _invite(chat: Chat, tiers: Tiers, members: MemberStore | None, channel: PremiumChannel | None, now: int) -> Reply:
    if channel is None or members is None:
        return Reply(phrase(chat.language, "premium-no-channel"))
    if not tiers.is_full(chat, now):
        return needs_premium(chat, "premium-channel-need")
    known = await members.get(chat.chat_id)
    if known is None or known.place != channel.place:
        known = Member(chat.chat_id, channel.place, await channel.invite(chat.chat_id), now)
        await members.save(known)
    join = Button(phrase(chat.language, "premium-join"), url=known.invite_link)
    return Reply(phrase(chat.language, "premium-invited"), ((join,),))


async def paysupport(chat: Chat, arguments: str, support: str) -> Reply:  # noqa: ARG001
    """Whom to write to about a payment."""
    return Reply(phrase(chat.language, "paysupport", support=escape(support, 200) or phrase(chat.language, "paysupport-operator")))


async def terms(chat: Chat, arguments: str, tiers: Tiers) -> Reply:  # noqa: ARG001
    """The terms of use."""
    return Reply(phrase(chat.language, "terms" if tiers.sells else "terms-free"))
