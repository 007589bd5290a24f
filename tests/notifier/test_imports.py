"""What a notifier imports, and what pydantic builds, before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WITHOUT_A_BOT = "import services.notifier.app, sys; assert 'aiogram' not in sys.modules"
WITH_A_BOT = """
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


def run(code: str) -> None:
    folder = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_notifier_without_a_bot_does_not_import_aiogram() -> None:
    run(WITHOUT_A_BOT)


def test_the_schema_of_a_type_is_built_at_its_first_use() -> None:
    run(WITH_A_BOT)
