import subprocess
import sys
from pathlib import Path

import pytest

from local.toolchain import cache

HOLDER = """
import sys
from pathlib import Path
from local.toolchain import cache
with cache.locked(Path(sys.argv[1]), "waiting"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_only_one_process_holds_a_lock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "say", lambda _: holder.kill())  # told to wait: let the holder die
            with cache.locked(lock, "waiting"):
                assert holder.wait() != 0
