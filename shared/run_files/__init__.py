"""The files of runs of analysis research: written by it, read by gateway and notifier, in a folder or wherever fsspec reaches."""

from shared.run_files.files import FileFacts, Files
from shared.run_files.local import LocalFiles
from shared.run_files.place import open_files
from shared.run_files.reader import RunReader

__all__ = ["FileFacts", "Files", "LocalFiles", "RunReader", "open_files"]
