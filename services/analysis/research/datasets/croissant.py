"""The metadata of a data set in Croissant 1.1 (MLCommons), as JSON-LD."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from services.analysis.research.datasets.rows import Column
from services.analysis.research.domain.run_record import RunError

TYPES: Final = {"string": "TEXT", "timestamp": "DATETIME", "date": "DATE", "int8": "INT8", "float64": "FLOAT64"}

RIGHTS: Final = "The rights in the prices remain with their source; see card.md"


def croissant(
    name: str, about: str, columns: Sequence[Column], files: Sequence[Mapping[str, Any]], version: str, published: dt.date
) -> bytes:
    """``files``: name, bytes and sha256 of each Parquet file; their addresses are relative to that of the metadata.

    Raises:
        RunError: the metadata are not valid; the message has what the validator says.
    """
    import mlcroissant as mlc  # an optional package, and it takes two seconds

    objects = [
        mlc.FileObject(
            id=each["name"], name=each["name"], content_url=each["name"], content_size=f"{each['bytes']} B",
            encoding_formats=["application/x-parquet"], sha256=each["sha256"],
        )
        for each in files
    ]  # fmt: skip
    every = mlc.FileSet(
        id="parquet", name="parquet", description="A file for each year of sessions", contained_in=[each.id for each in objects],
        encoding_formats=["application/x-parquet"], includes=["*.parquet"],
    )  # fmt: skip
    fields = [
        mlc.Field(
            id=f"bars/{column.name}", name=column.name, description=f"{column.role}, unit {column.unit or 'none'}: {column.text}",
            data_types=[getattr(mlc.DataType, TYPES[column.type])],
            source=mlc.Source(file_set="parquet", extract=mlc.Extract(column=column.name)),
        )
        for column in columns
    ]  # fmt: skip
    try:
        found = mlc.Metadata(
            name=name, description=about, version=version, license=[RIGHTS], cite_as=f"Finstage data set {name}", conforms_to=["http://mlcommons.org/croissant/1.1"],
            date_published=dt.datetime(published.year, published.month, published.day),  # noqa: DTZ001 - a date, without a zone
            distribution=[*objects, every],
            record_sets=[mlc.RecordSet(id="bars", name="bars", description="A row for each instrument and bar", fields=fields)],
        ).to_json()  # fmt: skip
    except mlc.ValidationError as error:
        raise RunError(f"the metadata of the data set are not valid: {error}") from error
    return msgspec.json.format(msgspec.json.encode(found, enc_hook=str), indent=1)
