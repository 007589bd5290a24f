"""What a notifier imports, and what pydantic builds, before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

IMPORTS = """
import services.notifier.app, sys
assert "aiogram" not in sys.modules, "a notifier without a bot does not need it"

import services.notifier.adapters.telegram.api
from aiogram import types
from pydantic import BaseModel

def built() -> list[type]:
    models = (getattr(types, name) for name in types.__all__)
    return [each for each in models if isinstance(each, type) and issubclass(each, BaseModel) and each.__pydantic_complete__]

assert len(built()) < 40, built()
chat = {"id": 1, "type": "private"}
message = {"message_id": 1, "date": 0, "chat": chat, "from": {"id": 7, "is_bot": False, "first_name": "A"}, "text": "/help"}
update = types.Update.model_validate({"update_id": 2, "message": message | {"reply_to_message": message}})
assert update.message is not None and update.message.reply_to_message is not None
assert update.message.reply_to_message.from_user == types.User(id=7, is_bot=False, first_name="A")
assert {types.Message, types.Update} <= set(built())
class Other(BaseModel):
    value: int
assert Other.model_rebuild(force=True)
"""


def test_aiogram_is_imported_for_a_bot_and_schemas_are_built_at_their_first_use() -> None:
    folder = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", IMPORTS], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
