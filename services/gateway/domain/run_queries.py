"""The parameters of the resources of research."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from services.gateway.domain.parameter_types import PageLimit, PageToken


class DatasetsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which data sets, newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="At most this many results.")] = 20
    page_token: PageToken | None = None


class JobsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which jobs of analysis research, newest first."""

    kind: Literal["backtest", "grid", "discovery", "dataset", "audit", "quality"] | None = None
    state: (
        Annotated[Literal["queued", "running", "done", "failed", "refused", "cancelled"], msgspec.Meta(description="As it is now.")]
        | None
    ) = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="At most this many results.")] = 20
    page_token: PageToken | None = None


class RowsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of a job, in their order."""

    limit: PageLimit = 1000
    page_token: PageToken | None = None
