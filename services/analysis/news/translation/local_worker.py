"""The process of the local model: a ``LocalRequest`` in, a JSON array of translations out, or a text that says what is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fxtranslate
import msgspec

from services.analysis.news.translation.local_model import LocalRequest
from shared.children.loop import serve


def answer(body: bytes) -> bytes:
    """The translations of the texts."""
    request = msgspec.json.decode(body, type=LocalRequest)
    try:
        model = load(Path(request.folder))
    except (OSError, ValueError) as error:
        return msgspec.json.encode(str(error))
    return msgspec.json.encode([model.translate_long(text) for text in request.texts])


@cache
def load(folder: Path) -> fxtranslate.Translator:
    """The model of a folder.

    Raises:
        ValueError: a file of it is missing, is there twice, or is not of the form.
    """
    vocabulary = sorted(folder.glob("vocab*.spm"))
    source = vocabulary or sorted(folder.glob("srcvocab*.spm"))
    target = vocabulary or sorted(folder.glob("trgvocab*.spm"))
    shortlist = sorted(folder.glob("lex*.bin"))
    return fxtranslate.Translator(
        _only(sorted(folder.glob("model*.bin")), folder, "model*.bin"),
        _only(source, folder, "vocab*.spm or srcvocab*.spm"),
        _only(target, folder, "vocab*.spm or trgvocab*.spm"),
        _only(shortlist, folder, "lex*.bin") if shortlist else None,
    )


def _only(files: list[Path], folder: Path, pattern: str) -> bytes:
    if len(files) != 1:
        raise ValueError(f"the folder {folder} has {len(files)} files {pattern}, not one")
    return files[0].read_bytes()


if __name__ == "__main__":
    serve(answer)
