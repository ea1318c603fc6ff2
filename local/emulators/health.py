"""Wait until a server answers."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from local.emulators.processes import Supervised, log, running
from local.errors import EmulatorFailed

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_LINES_SHOWN = 10
# No proxy reaches the loopback addresses of this machine.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str, *, refusals_count: bool = False) -> bool:
    """Return whether a server answers a GET request within two seconds.

    Args:
        url: The URL to request.
        refusals_count: Whether a 4xx response counts as well: storage refuses requests without a
            signature, which shows that it runs.
    """
    try:
        with _DIRECT.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusals_count and refusal.code < 500
    except OSError:
        return False


def wait(
    title: str, process: Supervised, urls: Sequence[str], *, folder: Path, refusals_count: bool = False
) -> None:
    """Wait until all the URLs answer.

    Raises:
        EmulatorFailed: The process ended, or a minute passed.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for url in urls:
        while not answers(url, refusals_count=refusals_count):
            if not running(process):
                raise EmulatorFailed(f"{title} ended while it started. {_last_words(folder, process.name)}")
            if time.monotonic() > deadline:
                raise EmulatorFailed(
                    f"{title} does not answer at {url} after {_PATIENCE_SECONDS:.0f} seconds. "
                    + _last_words(folder, process.name)
                )
            time.sleep(_PAUSE_SECONDS)


def _last_words(folder: Path, name: str) -> str:
    written = log(folder, name)
    lines = written.read_text(errors="replace").splitlines()[-_LINES_SHOWN:]
    return "\n".join([f"The end of {written}:", *lines]) if lines else f"It wrote nothing to {written}."
