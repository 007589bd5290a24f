"""Publishes a dead letter to its original topic again, once."""

from __future__ import annotations

from infra.dead_letters.letters import Letter, LetterFilter, read_letters
from shared.kafka import Producer
from shared.kafka.dead_letters import PREFIX, REPLAYED_FROM
from shared.kafka.raw_reader import open_raw_reader
from shared.settings import MeshSettings
from shared.topics import TOPICS


async def replayable(settings: MeshSettings, letter_filter: LetterFilter) -> list[Letter]:
    """The matching letters that were not replayed yet.

    Letters that failed again after a replay are included only if ``letter_filter.replayed`` is set. Raises TransientError.
    """
    found = [letter async for letter in read_letters(settings, letter_filter)]
    originals = {letter.original_topic for letter in found} & {topic.name for topic in TOPICS}
    done = await _replayed(settings, sorted(originals)) if originals else set()
    return [
        letter
        for letter in found
        if letter.name not in done and letter.original_topic in originals and (letter_filter.replayed or not letter.replayed_from)
    ]


async def replay(producer: Producer, letter: Letter) -> str:
    """Publish the original bytes under the original key, with the letter's name in a header; returns the new position.

    Raises:
        TransientError: not acknowledged; if it was stored anyway, ``replayable`` finds it.
    """
    kept = [(name, value) for name, value in letter.headers if not name.startswith(PREFIX) and name != REPLAYED_FROM]
    headers = [*kept, (REPLAYED_FROM, letter.name.encode())]
    partition = None if letter.key else int(letter.failure_header("partition") or 0)
    placed = await producer.publish_raw(
        letter.original_topic, letter.key or None, letter.original_body, headers, partition=partition
    )
    return f"{letter.original_topic}/{placed.partition}/{placed.offset}"


async def _replayed(settings: MeshSettings, topics: list[str]) -> set[str]:
    """The names of all letters that were replayed to their original topics."""
    async with open_raw_reader(settings, topics, "dead-letters-replayed") as messages:
        return {
            value.decode(errors="replace") async for message in messages for name, value in message.headers if name == REPLAYED_FROM
        }
