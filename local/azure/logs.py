"""An app's own log file: what its worker prints and what the host logs about it."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 5 * 1024 * 1024
FORMAT = "%(asctime)s %(levelname)s %(message)s"


class AppLog(logging.Logger):
    """A logger that writes to ``path``, outside the global tree so that it is freed with its app."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, logging.INFO)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, delay=True)
        self._file.setFormatter(logging.Formatter(FORMAT))
        self.addHandler(self._file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
