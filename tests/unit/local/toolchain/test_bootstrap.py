import errno
import os

import pytest

from local.toolchain import __main__ as toolchain
from local.toolchain import bootstrap

LOCK = """\
typer==0.1 \\
    --hash=sha256:aa
    # via twinlens
uv==0.2 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via twinlens
uvloop==0.3 \\
    --hash=sha256:dd
"""


def test_a_pin_comes_with_its_hashes_and_nothing_else() -> None:
    assert bootstrap.pinned(LOCK, "uv") == "uv==0.2 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc"


def test_an_unknown_package_is_named() -> None:
    with pytest.raises(LookupError, match="nothing"):
        bootstrap.pinned(LOCK, "nothing")


def test_the_projects_own_lock_pins_uv() -> None:
    assert bootstrap.pinned(bootstrap.LOCK.read_text(), "uv").startswith("uv==")


def read_only(*_paths, **_options):
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/checkout/.venv")


@pytest.fixture(params=["environment", "tools"])
def set_up(request, monkeypatch, tmp_path):
    """Either half of `make setup`, in a checkout that is not set up and cannot be written."""
    if request.param == "tools":
        monkeypatch.setattr(toolchain.environments, "install", read_only)
        return lambda: toolchain.main([])
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "_usable", lambda _python: False)
    monkeypatch.setattr(bootstrap.venv, "create", read_only)
    return bootstrap.main


def test_a_checkout_that_cannot_be_written_is_named_with_what_to_do(set_up):
    with pytest.raises(SystemExit) as left:
        set_up()
    assert left.value.code == (
        "Set-up failed: /checkout/.venv can't be used: read-only file system. "
        "Set-up writes into the checkout: make its folder writable, or run it in a copy elsewhere."
    )
