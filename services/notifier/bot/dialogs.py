"""Dialogs: a reply may expect a text, which completes a command. The state is stored, so that it outlives a restart."""

from __future__ import annotations

from typing import Final

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup

from services.notifier.domain.messages import Reply

EXPECTED: Final = "command"


class Dialog(StatesGroup):
    """The states of a chat with a person."""

    typing = State()
    """The next text completes the stored command."""


async def expected_command(state: FSMContext) -> str:
    """The beginning of the command that the next text completes."""
    return str((await state.get_data()).get(EXPECTED, ""))


async def remember(state: FSMContext, reply: Reply | None, before: str | None) -> None:
    """Store what the reply expects, or end the dialog. ``before``: the state so far."""
    if reply is not None and reply.expects:
        await state.set_state(Dialog.typing)
        await state.set_data({EXPECTED: reply.expects})
    elif before is not None:
        await state.clear()
