import pytest

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
