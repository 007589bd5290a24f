"""The server of the stand-in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import BodyPartReader, MultipartReader, web

from services.notifier.bot.keyboards import Press, press
from tests.notifier.telegram.closed_channels import ClosedChannels
from tests.notifier.telegram.faults import Choose, Fault
from tests.notifier.telegram.markup import MarkupError, parsed_length
from tests.notifier.telegram.spec import SPEC, BadRequestError, check
from tests.notifier.telegram.stars import RefusedError, Stars
from tests.until import until

TOKEN = "4242424242:TESTtoken-canary-do-not-log-0123456789"
ME = {"id": 4242424242, "is_bot": True, "first_name": "Finstage", "username": "finstage_test_bot"}


@dataclass(frozen=True)
class Accepted:
    """A message that was accepted, with or without a response."""

    method: str
    chat_id: str
    text: str
    photo: bytes | None
    buttons: tuple[str, ...]
    """Callback data of its buttons, with the signature."""
    message_id: int
    at: float
    thread: int = 0
    """The topic that it was sent to; 0 is none."""
    labels: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """The pages that its buttons open; empty for other buttons."""

    @property
    def actions(self) -> tuple[str, ...]:
        """What its buttons do."""
        return tuple(Press.unpack(data).action if data else "" for data in self.buttons)

    def url(self, part: str) -> str:
        """The page that the first button with ``part`` in its address opens."""
        return next(url for url in self.urls if part in url)


class Telegram:
    """State of the stand-in: accepted messages, violations of the API, pending updates, injected failures."""

    def __init__(self, choose: Choose | None = None) -> None:
        self.accepted: list[Accepted] = []
        self.problems: list[str] = []
        """Requests that violate the Bot API's description."""
        self.calls: list[str] = []
        self.menus: dict[str, list[str]] = {}
        """By language code, the commands of the menu."""
        self.notices: list[str] = []
        """What was shown over a chat after a button was pressed; empty where nothing was."""
        self.faults: list[Fault] = []
        """Each sent message takes the next one."""
        self.choose = choose
        self.admins: set[tuple[str, str]] = set()
        self.topics: dict[tuple[str, int], str] = {}
        """Topics of forums by chat and ``message_thread_id``: empty where open, else why they accept no messages."""
        self.webhook: dict[str, Any] | None = None
        """Arguments of the newest ``setWebhook``."""
        self.inline: dict[str, dict[str, Any]] = {}
        """By query, the arguments of the answer."""
        self.stars = Stars(self.update)
        self.channels = ClosedChannels(self.update, ME)
        self.results: dict[str, Callable[[dict[str, Any]], Any]] = {
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "answerInlineQuery": self._answer_inline,
            "createInvoiceLink": self.stars.create,
            "answerPreCheckoutQuery": self.stars.answer,
            "refundStarPayment": self.stars.refund,
            "editUserStarSubscription": self.stars.edit,
            "getStarTransactions": self.stars.transactions,
            "createChatInviteLink": self.channels.create,
            "revokeChatInviteLink": self.channels.revoke,
            "banChatMember": self.channels.ban,
            "unbanChatMember": self.channels.unban,
            "approveChatJoinRequest": partial(self.channels.decide, accepted=True),
            "declineChatJoinRequest": partial(self.channels.decide, accepted=False),
        }
        self.confirmed = 0
        self.base = ""
        self._updates: list[dict[str, Any]] = []
        self._next = 1
        self._news = asyncio.Condition()
        self._poll = 0

    async def update(self, **content: Any) -> int:
        """Add an update to the queue; returns its id."""
        async with self._news:
            number = self._next
            self._next += 1
            self._updates.append({"update_id": number, **content})
            self._news.notify_all()
        return number

    async def type_text(self, text: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any) -> int:
        """A user types a text; returns the id of the update."""
        chat_object: dict[str, Any] = {"id": chat, "type": kind, "first_name": "P"}
        if kind != "private":
            chat_object = {"id": chat, "type": kind, "title": "G"}
        sender = {"id": user, "is_bot": False, "first_name": "P"}
        message = {"message_id": self._next, "date": 1700000000, "chat": chat_object, "from": sender, "text": text, **more}
        return await self.update(message=message)

    async def press_button(self, action: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any) -> int:
        """A user presses a button that the bot sent; ``more``: fields of its message. Returns the id of the update."""
        return await self.press_data(press(action, str(chat), TOKEN).pack(), chat, user, kind, **more)

    async def press_data(self, data: str, chat: int = 7, user: int = 7, kind: str = "private", **more: Any) -> int:
        """A user presses a button with this callback data."""
        chat_object = {"id": chat, "type": kind, **({"first_name": "P"} if kind == "private" else {"title": "G"})}
        message = {"message_id": 1, "date": 1700000000, "chat": chat_object, "text": "x", **more}
        who = {"id": user, "is_bot": False, "first_name": "P"}
        pressed = {"id": str(self._next), "from": who, "chat_instance": "1", "message": message, "data": data}
        return await self.update(callback_query=pressed)

    async def type_inline(self, text: str, user: int = 7, language: str = "ko") -> dict[str, Any]:
        """A person types behind the bot's name; returns the arguments of the answer."""
        query = f"inline-{self._next}"
        who = {"id": user, "is_bot": False, "first_name": "P", "language_code": language}
        await self.update(inline_query={"id": query, "from": who, "query": text, "offset": ""})
        return await until(lambda: self.inline.get(query), 10, f"an answer to {text[:40]!r} in inline mode")

    async def post_update(self, port: int, update: bytes | dict[str, Any], secret: str | None = None) -> int:
        """Post an update to the webhook, at a port of this machine, as Telegram does; returns the status."""
        assert self.webhook is not None
        given = self.webhook["secret_token"] if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": given} if given else {}
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        url = f"http://127.0.0.1:{port}{urlsplit(self.webhook['url']).path}"
        async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as response:
            return response.status

    def _set_webhook(self, arguments: dict[str, Any]) -> bool:
        if not arguments["url"].startswith("https://"):
            raise RefusedError("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = arguments
        return True

    def _delete_webhook(self, arguments: dict[str, Any]) -> bool:  # noqa: ARG002
        self.webhook = None
        return True

    def _answer_inline(self, arguments: dict[str, Any]) -> bool:
        results = arguments["results"]
        if len(results) > 50 or len({each["id"] for each in results}) != len(results):
            raise RefusedError("RESULTS_TOO_MUCH" if len(results) > 50 else "RESULT_ID_DUPLICATE")
        for each in results:
            if not 1 <= len(each["id"].encode()) <= 64:
                raise RefusedError("RESULT_ID_INVALID")
            try:
                parsed_length(each["input_message_content"]["message_text"])
            except MarkupError as error:
                raise RefusedError(f"can't parse entities: {error}") from error
        self.inline[arguments["inline_query_id"]] = arguments
        return True

    def texts(self, chat: str = "7") -> list[str]:
        """The texts that were sent to a chat, oldest first."""
        return [message.text for message in self.accepted if message.chat_id == chat]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call of the Bot API."""
        if request.match_info["token"] != TOKEN:
            return _failed(401, "Unauthorized")
        method = request.match_info["method"]
        self.calls.append(method)
        if method not in SPEC["methods"]:
            self.problems.append(f"unknown method {method}")
            return _failed(404, "Not Found")
        fields, files = await _read(request)
        try:
            arguments = check(method, fields, files)
        except BadRequestError as error:
            self.problems.append(str(error))
            return _failed(400, f"Bad Request: {error}")
        fault = self._fault(method, arguments)
        if fault is not None:
            return await self._fail(request, method, arguments, fault)
        return await self._succeed(method, arguments)

    def _fault(self, method: str, arguments: dict[str, Any]) -> Fault | None:
        if self.faults and method.startswith("send"):
            return self.faults.pop(0)
        return self.choose(method, arguments) if self.choose else None

    async def _fail(self, request: web.Request, method: str, arguments: dict[str, Any], fault: Fault) -> web.StreamResponse:
        if fault.kind == "429":
            wait = int(fault.value)
            return _failed(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        if fault.kind == "migrate":
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            return _failed(400, moved, {"migrate_to_chat_id": int(fault.value)})
        if fault.kind == "502":
            page = "<html><head><title>502 Bad Gateway</title></head></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        if fault.kind in {"400", "401", "403", "409", "413", "500"}:
            usual = {
                "400": "Bad Request: x",
                "401": "Unauthorized",
                "403": "Forbidden: bot was blocked by the user",
                "409": "Conflict: terminated by other getUpdates request",
                "413": "Request Entity Too Large",
                "500": "Internal",
            }
            return _failed(int(fault.kind), fault.text or usual[fault.kind])
        if fault.kind == "slow":
            await asyncio.sleep(fault.value)
            return await self._succeed(method, arguments)
        if fault.kind == "cut-after":
            await self._succeed(method, arguments)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _succeed(self, method: str, arguments: dict[str, Any]) -> web.StreamResponse:
        if method == "getUpdates":
            return await self._get_updates(arguments)
        if method in {"sendMessage", "sendPhoto"}:
            refused = self._refused_by_topic(arguments)
            return _failed(400, f"Bad Request: {refused}") if refused else _ok(self._take(method, arguments))
        if method == "editMessageText":
            return _ok(self._take(method, arguments))
        if method in self.results:
            try:
                return _ok(self.results[method](arguments))
            except RefusedError as error:
                return _failed(400, f"Bad Request: {error}")
        if method == "answerCallbackQuery":
            self.notices.append(arguments.get("text", ""))
        if method == "setMyCommands":
            self.menus[arguments.get("language_code", "")] = [each["command"] for each in arguments["commands"]]
        if method == "getMe":
            return _ok(ME | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False})
        if method == "getChatAdministrators":
            return _ok([_admin(user) for chat, user in sorted(self.admins) if chat == str(arguments["chat_id"])])
        if method == "getChatMember":
            who = {"id": arguments["user_id"], "is_bot": False, "first_name": "P"}
            admin = (str(arguments["chat_id"]), str(arguments["user_id"])) in self.admins
            return _ok({"status": "creator", "user": who, "is_anonymous": False} if admin else {"status": "member", "user": who})
        return _ok(True)

    def _refused_by_topic(self, arguments: dict[str, Any]) -> str:
        """Why a message cannot go where it should; General is no topic that can be named."""
        thread = arguments.get("message_thread_id", 0)
        return self.topics.get((str(arguments["chat_id"]), thread), "message thread not found" if thread else "")

    def _take(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        rows = arguments.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple(button.get("callback_data", "") for row in rows for button in row)
        text = arguments.get("text", arguments.get("caption", ""))
        number = arguments.get("message_id", len(self.accepted) + 1)
        labels = tuple(button["text"] for row in rows for button in row)
        urls = tuple(button.get("url", "") for row in rows for button in row)
        chat, thread = str(arguments["chat_id"]), arguments.get("message_thread_id", 0)
        self.accepted.append(
            Accepted(method, chat, text, arguments.get("photo"), buttons, number, time.monotonic(), thread, labels, urls)
        )
        kind = "channel" if chat.startswith("@") else "supergroup" if chat.startswith("-") else "private"
        name = {"first_name": "P"} if kind == "private" else {"title": "G"}
        about: dict[str, Any] = {"id": -1_000_000 if kind == "channel" else int(chat), "type": kind} | name
        return {"message_id": number, "date": int(time.time()), "chat": about, "text": text}

    async def _get_updates(self, arguments: dict[str, Any]) -> web.StreamResponse:
        if self.webhook is not None:
            return _failed(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poll += 1
        mine = self._poll
        offset = arguments.get("offset", 0)
        deadline = time.monotonic() + arguments.get("timeout", 0)
        async with self._news:
            self._news.notify_all()  # an older poll of the same token ends with a conflict
            self.confirmed = max(self.confirmed, offset - 1)
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            while not self._updates and time.monotonic() < deadline and mine == self._poll:
                try:
                    await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())
                except TimeoutError:
                    break
            if mine != self._poll:
                return _failed(409, "Conflict: terminated by other getUpdates request")
            return _ok(self._updates[: arguments.get("limit", 100)])


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, bytes]]:
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    if not request.content_type.startswith("multipart/"):
        return {name: str(value) for name, value in (await request.post()).items()}, files
    parts: MultipartReader = await request.multipart()
    while (part := await parts.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename:
            files[part.name] = bytes(await part.read())
        else:
            fields[part.name] = await part.text()
    return fields, files


def _admin(user: str) -> dict[str, Any]:
    who = {"id": int(user), "is_bot": False, "first_name": "P"}
    return {"status": "creator", "user": who, "is_anonymous": False}


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _failed(code: int, description: str, parameters: dict[str, Any] | None = None) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)


HELD = web.AppKey("telegram", Telegram)


@asynccontextmanager
async def open_telegram(choose: Choose | None = None, port: int = 0) -> AsyncIterator[Telegram]:
    """The stand-in on a free port of the loopback; ``base`` is its address."""
    telegram = Telegram(choose)
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_route("*", "/bot{token}/{method}", telegram.serve)
    app[HELD] = telegram
    app.router.add_get("/accepted", _accepted)
    app.router.add_post("/updates", _updates)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    telegram.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield telegram
    finally:
        await runner.cleanup()


async def _accepted(request: web.Request) -> web.Response:
    """What was accepted, for tests that run the stand-in as a process."""
    telegram: Telegram = request.app[HELD]
    messages = [
        {
            "method": m.method,
            "chat_id": m.chat_id,
            "thread": m.thread,
            "text": m.text,
            "photo": m.photo is not None,
            "message_id": m.message_id,
        }
        for m in telegram.accepted
    ]
    return web.json_response({"accepted": messages, "problems": telegram.problems, "confirmed": telegram.confirmed})


async def _updates(request: web.Request) -> web.Response:
    """Put updates in the queue: ``{"text", "chat", "user"}`` or a whole update."""
    telegram: Telegram = request.app[HELD]
    body = await request.json()
    number = await (telegram.type_text(**body) if "text" in body else telegram.update(**body))
    return web.json_response({"update_id": number})
