"""Stacks that tests may change, deployed from a copy of the project onto emulators of their own."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import additions
import boto3
import pytest
import yaml
from token_issuer import TRUST, running_issuer
from usual import FRONT_DOOR, REVIEW, STACKS

from bench import project as checkout
from core.job import job_id
from handlers.aws import clients as aws_clients
from local import emulators, environment, stack, state
from local.environment import LocalStack


@dataclass
class Changing:
    """A copy of the project and the stacks deployed from it: any test may find them in any state."""

    folder: Path
    standing: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)

    def up(self, name, **settings):
        """Deploy a stack with these settings besides its own, unless it stands so; return its outputs."""
        self.configure(name, **settings)
        if name not in self.standing or self.standing[name][0] != settings:
            self.standing.pop(name, None)
            self.standing[name] = settings, stack.up(name, self.folder)
        return self.standing[name][1]

    def preview(self, name):
        """Return how many resources would change in which way."""
        return stack.preview(name, self.folder)

    def destroy(self, name):
        """Remove a stack."""
        self.standing.pop(name, None)
        stack.destroy(name, self.folder)

    def configure(self, name, **settings):
        """Write settings into the stack's file, as ``pulumi config set`` does."""
        file = f"Pulumi.{name}.yaml"
        held = yaml.safe_load((checkout.root() / file).read_text())
        held["config"] |= {f"twinlens:{key}": value for key, value in settings.items()}
        (self.folder / file).write_text(yaml.safe_dump(held))


@pytest.fixture(scope="session")
def copied(tmp_path_factory):
    """A copy of the project as it is committed and what is not committed yet, with additions."""
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
    additions.add(copy)
    additions.be_impatient(copy)
    return Changing(copy)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory):
    """An issuer of tokens, which the emulators of these tests trust."""
    with running_issuer(tmp_path_factory.mktemp("issuer")) as running:
        yield running


@pytest.fixture(scope="session")
def own_emulators(tmp_path_factory, issuer):
    with pytest.MonkeyPatch.context() as patch:
        for name in TRUST:
            patch.setenv(name, str(issuer.trusted))
        patch.setenv(state.VARIABLE, str(tmp_path_factory.mktemp("changes") / "local.json"))
        with emulators.session() as running:
            yield running, environment.variables()


@pytest.fixture(params=list(LocalStack))
def name(request):
    """The name of each stack in turn; all tests of one cloud run on one worker, on the same stack."""
    return request.param


@pytest.fixture
def running(own_emulators, monkeypatch):
    """The emulators of these tests, with this process pointed at them."""
    current, environment = own_emulators
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the keys of whoever used it first
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()
    yield current
    aws_clients.client.cache_clear()
    aws_clients._session.cache_clear()


@pytest.fixture
def changing(copied, running):
    """The copy of the project, and its stacks on the emulators."""
    return copied


@pytest.fixture
def orchestrator(name):
    """The orchestrator of the usual stack. Tests with the durable function are a group of their own."""
    return next(each for stack, each in STACKS if stack == name)


@pytest.fixture
def usual(changing, name, orchestrator):
    """The outputs of the usual stack. The tests that need no other come first."""
    return changing.up(name, orchestrator=orchestrator, **FRONT_DOOR, **REVIEW)


@pytest.fixture
def process(running, connect_stand, photo):
    """Upload the photo into a stack that is up; return its finished row and the stand."""

    def upload(name, outputs, key="incoming/a.jpg"):
        stand = connect_stand(name, running, outputs)
        etag = stand.deployment.connection.upload(key, photo)
        return stand.finished(job_id(outputs["inputContainer"], key, etag, outputs["recipe"])), stand

    return upload
