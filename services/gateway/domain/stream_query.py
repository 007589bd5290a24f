"""The parameters of the stream of server-sent events."""

from __future__ import annotations

from typing import Annotated

import msgspec

from services.gateway.domain.parameter_types import SelectorList, _text


class StreamQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What /v1/events sends: the selectors of a subscription, separated by commas."""

    ticks: SelectorList = ""
    quotes: SelectorList = ""
    bars: SelectorList = ""
    signals: SelectorList = ""
    provisional: SelectorList = ""
    patterns: SelectorList = ""
    news: SelectorList = ""
    industries: SelectorList = ""
    last_event_id: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=r"^[0-9]{1,16}$",
                description="Resume after this id; the header Last-Event-ID has the same meaning.",
                extra_json_schema=_text(1, 16, "1764000000000001"),
            ),
        ]
        | None
    ) = None
