"""A copy of the project, deployed on emulators of its own: what changes it disturbs no other test."""

import shutil
import subprocess

import pytest

from bench import project as checkout
from core.job import job_id
from handlers.aws import clients as aws_clients
from local import emulators, environment, state


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project as it is committed, and what is not committed yet."""
    copy = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=checkout.root(),
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if name.partition("/")[0] not in ("tests", "samples", "docs"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout.root() / name, copy / name)
    for shared in (".venv", "build"):  # an archive is found by what it is made of
        (checkout.root() / shared).mkdir(exist_ok=True)
        (copy / shared).symlink_to(checkout.root() / shared)
    return copy


@pytest.fixture(scope="module")
def own_emulators(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(state.VARIABLE, str(tmp_path_factory.mktemp("operations") / "local.json"))
        with emulators.session() as running:
            yield running, environment.variables()


@pytest.fixture
def running(own_emulators, monkeypatch):
    """The emulators of this module, with this process pointed at them."""
    current, environment = own_emulators
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    aws_clients.client.cache_clear()
    yield current
    aws_clients.client.cache_clear()


@pytest.fixture
def process(running, connect_stand, photo):
    """Upload the photo into a stack that is up; return its finished row and the stand."""

    def upload(name, outputs, key="incoming/a.jpg"):
        stand = connect_stand(name, running, outputs)
        etag = stand.deployment.connection.upload(key, photo)
        return stand.finished(job_id(outputs["inputContainer"], key, etag, outputs["recipe"])), stand

    return upload
