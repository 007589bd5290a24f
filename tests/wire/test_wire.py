from __future__ import annotations

import json
import types
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import events, wire
from shared.events import Event
from shared.topics import SIGNALS, TICKS, TOPICS, Topic

HERE = Path(__file__).parent
TYPES = [(topic, kind) for topic in TOPICS for kind in topic.types]
SAMPLES = sorted(HERE.glob("v*/*.json"))


def tag(kind: type[Event]) -> str:
    return str(kind.__struct_config__.tag)


@pytest.mark.parametrize(("topic", "kind"), TYPES, ids=lambda found: getattr(found, "__name__", ""))
def test_every_type_has_a_sample_of_every_version(topic: Topic[Any], kind: type[Event]) -> None:
    for version in range(1, kind.version + 1):
        assert (HERE / f"v{version}" / f"{tag(kind)}.json").exists(), "write its sample bytes down, and never change them again"


def known(given: Any, written: Any) -> Any:
    """``given`` without the fields, at any depth, that ``written`` does not have: they came later."""
    if isinstance(given, dict) and isinstance(written, dict):
        return {name: known(value, written[name]) for name, value in given.items() if name in written}
    if isinstance(given, list) and isinstance(written, list) and len(given) == len(written):
        return [known(*both) for both in zip(given, written, strict=True)]
    return given


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_samples_of_every_version_decode(sample: Path) -> None:
    topic, kind = next(found for found in TYPES if tag(found[1]) == sample.stem)
    event = wire.decode(topic, sample.read_bytes())
    assert type(event) is kind
    written = json.loads(sample.read_bytes())
    assert known(json.loads(wire.encode(event)), written) == written, "what a reader of that version knows is as it was"
    assert wire.decode(topic, wire.encode(event)) == event


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_event_that_another_process_encoded_is_the_same_message(sample: Path) -> None:
    topic, _ = next(found for found in TYPES if tag(found[1]) == sample.stem)
    event = wire.decode(topic, sample.read_bytes())
    passed_on = msgspec.json.decode(msgspec.json.encode(wire.encoded(event)), type=wire.Encoded)
    assert bytes(passed_on.body) == wire.encode(event)
    assert wire.headers(passed_on, "00-a-b-01") == wire.headers(event, "00-a-b-01")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_unknown_fields_are_ignored(sample: Path) -> None:
    topic, _ = next(found for found in TYPES if tag(found[1]) == sample.stem)
    body = json.loads(sample.read_bytes())
    assert wire.decode(topic, json.dumps({**body, "added_later": {"x": [1]}}).encode()) == wire.decode(topic, sample.read_bytes())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_missing_field_is_named(sample: Path) -> None:
    topic, kind = next(found for found in TYPES if tag(found[1]) == sample.stem)
    body = json.loads(sample.read_bytes())
    for field in msgspec.structs.fields(kind):
        if field.required:
            with pytest.raises(wire.WireError, match=field.encode_name):
                wire.decode(topic, json.dumps({name: value for name, value in body.items() if name != field.encode_name}).encode())


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (None, "no body"),
        (b"", "market.ticks.v1"),
        (b"\xff\xfe\x00", "market.ticks.v1"),
        (b"<html>", "market.ticks.v1"),
        (b"[]", "market.ticks.v1"),
        (b'{"symbol":"AAPL"}', "type"),
        (b'{"type":"signal"}', "signal"),
        (b'{"type":"tick","symbol":7}', "symbol"),
        (b'{"type":"tick","symbol":"A","price":"1"}', "price"),
        (b'{"type":"tick","symbol":"A","price":NaN}', "market.ticks.v1"),
        (b'{"type":"tick","symbol":"A","price":1,"ts_event":99999999999999999999,"ts_init":1,"source":"x"}', "ts_event"),
        (b'{"type":"tick","symbol":"A","price":1,"ts_event":1,"ts_init":1,"source":"x","finest":"2m"}', "finest"),
        (b'{"type":"tick","symbol":"\xff"}', "market.ticks.v1"),
    ],
)
def test_the_error_for_bad_bytes_names_the_field(body: bytes | None, named: str) -> None:
    with pytest.raises(wire.WireError, match=named):
        wire.decode(TICKS, body)


@given(st.binary(max_size=200))
def test_any_bytes_raise_only_wire_errors(body: bytes) -> None:
    try:
        wire.decode(SIGNALS, body)
    except wire.WireError:
        return


def values(kind: Any) -> st.SearchStrategy[Any]:
    """A strategy for what an annotation allows."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(one) for one in arguments])
    if origin is typing.Annotated:
        return st.integers(-(2**53), 2**53)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(st.text(max_size=5), values(arguments[1]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind, include_extras=True)
        return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})
    if kind is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if kind is str:
        return st.text(max_size=20)
    return st.from_type(kind)


@pytest.mark.parametrize(("topic", "kind"), TYPES, ids=lambda found: getattr(found, "__name__", ""))
def test_round_trip(topic: Topic[Any], kind: type[Event]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(values(kind))
    def check(event: Event) -> None:
        assert wire.decode(topic, wire.encode(event)) == event

    check()


def test_tags_are_unique() -> None:
    tags = [tag(kind) for _, kind in TYPES]
    assert len(tags) == len(set(tags))
    assert {kind.__module__.rpartition(".")[0] for _, kind in TYPES} == {events.__name__}
