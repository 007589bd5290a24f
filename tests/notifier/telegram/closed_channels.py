"""A channel of the stand-in that people join by invite links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.notifier.telegram.stars import RefusedError


class ClosedChannels:
    """Links, requests to join, members and bans."""

    def __init__(self, update: Callable[..., Awaitable[int]], me: dict[str, Any]) -> None:
        self._update, self._me = update, me
        self.links: dict[str, dict[str, Any]] = {}
        """By address; a revoked one has ``is_revoked``."""
        self.members: set[tuple[str, int]] = set()
        self.banned: set[tuple[str, int]] = set()
        self.requests: set[tuple[str, int]] = set()
        self.declined: list[tuple[str, int]] = []

    def create(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """``createChatInviteLink``."""
        asks = arguments.get("creates_join_request", False)
        if asks and "member_limit" in arguments:
            raise RefusedError("member_limit can't be specified for links requiring administrator approval")
        address = f"https://t.me/+link{len(self.links)}"
        link = {"invite_link": address, "creator": self._me, "creates_join_request": asks, "is_primary": False, "is_revoked": False}
        self.links[address] = link | {"place": str(arguments["chat_id"])}
        return link

    def revoke(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """``revokeChatInviteLink``."""
        link = self.links.get(arguments["invite_link"])
        if link is None or link["is_revoked"]:
            raise RefusedError("INVITE_HASH_EXPIRED")
        link["is_revoked"] = True
        return {name: value for name, value in link.items() if name != "place"}

    def ban(self, arguments: dict[str, Any]) -> bool:
        """``banChatMember``."""
        at = _at(arguments)
        self.banned.add(at)
        self.members.discard(at)
        return True

    def unban(self, arguments: dict[str, Any]) -> bool:
        """``unbanChatMember``: without ``only_if_banned`` it removes a member."""
        at = _at(arguments)
        if not arguments.get("only_if_banned"):
            self.members.discard(at)
        self.banned.discard(at)
        return True

    def decide(self, arguments: dict[str, Any], *, accepted: bool) -> bool:
        """``approveChatJoinRequest`` and ``declineChatJoinRequest``."""
        at = _at(arguments)
        if at not in self.requests:
            raise RefusedError("HIDE_REQUESTER_MISSING")
        self.requests.discard(at)
        if accepted:
            self.members.add(at)
        else:
            self.declined.append(at)
        return True

    async def ask_to_join(self, address: str, user: int) -> int:
        """A person opens a link and asks to join. Raises RefusedError: the link is revoked, or the person banned."""
        link = self.links[address]
        at = (link["place"], user)
        if link["is_revoked"] or at in self.banned:
            raise RefusedError("INVITE_HASH_EXPIRED" if link["is_revoked"] else "USER_BANNED_IN_CHANNEL")
        self.requests.add(at)
        shown = {name: value for name, value in link.items() if name != "place"}
        who = {"id": user, "is_bot": False, "first_name": "P"}
        chat = {"id": int(link["place"]), "type": "channel", "title": "C"}
        return await self._update(
            chat_join_request={"chat": chat, "from": who, "user_chat_id": user, "date": 1700000000, "invite_link": shown}
        )


def _at(arguments: dict[str, Any]) -> tuple[str, int]:
    return str(arguments["chat_id"]), int(arguments["user_id"])
