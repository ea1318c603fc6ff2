"""The tests of `make test-cloud`, on the local stacks as far as the emulators know what they ask."""

import os
import subprocess
import sys

import pytest

from local.environment import LocalStack
from local.state import CHECKOUT

pytestmark = pytest.mark.e2e
BURST = "8"
PYTEST = (sys.executable, "-m", "pytest", "-q", "-x", "-m", "cloud", "-p", "no:cacheprovider")


@pytest.mark.parametrize("base", list(LocalStack))
def test_the_life_of_a_new_stack(local_stacks, base):
    before = set(CHECKOUT.glob("Pulumi.*.yaml"))
    done = subprocess.run(
        # Others test orchestrators (changes/test_switching.py) and time-outs (test_azure_host.py); here each
        # would take two more updates of a stack.
        [*PYTEST, "-k", "not orchestrator and not time_out", "tests/cloud"],
        cwd=CHECKOUT,
        env={**os.environ, **local_stacks.environment, "NEW": base, "BURST": BURST},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed, 2 deselected" in done.stdout
    assert set(CHECKOUT.glob("Pulumi.*.yaml")) == before
