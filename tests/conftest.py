"""What tests of several packages share: emulators of their own, started once and only when asked for."""

import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import settings

from local import emulators, environment, stack, state
from local.emulators import azurite as azurite_emulator
from local.emulators import ministack as ministack_emulator
from local.emulators import processes
from local.emulators.azurite import Storage
from local.environment import LocalStack
from local.state import AwsEmulator, LocalState
from local.toolchain import chromium as installed_chromium

SAYS = "says"

# Whether a change is good must not depend on luck, or on what else the machine does: the same examples every
# time, however long they take. `pytest --hypothesis-profile=default --hypothesis-seed=N` looks at others.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


LOCAL_STACKS = "local stacks"
# The groups that take longest, longest first; then other end-to-end tests, integration tests, all others.
LONGEST = (
    LOCAL_STACKS,
    "changes of aws-local",
    "changes of azure-local",
    "changes of aws-local, durable",
    "tests/e2e/test_deployer_enforced.py",
    "tests/integration/local/providers/test_engine.py",
)
KINDS = ("e2e", "infra", "contract", "integration", "unit")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares stacks or emulators: most often a file; the longest first.

    In a group, what needs the usual stack comes before what changes it.
    """
    groups = {}
    for item in items:
        groups[item] = _group(item)
        item.add_marker(pytest.mark.xdist_group(groups[item]))
    items.sort(key=lambda item: (_turn(groups[item]), "usual" not in getattr(item, "fixturenames", ())))


def _group(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    if "local_stacks" in fixtures:
        return LOCAL_STACKS
    if "changing" in fixtures and (parameters := getattr(item, "callspec", None)):
        durable = parameters.params.get("orchestrator") == "durable"
        return f"changes of {parameters.params['name']}{', durable' * durable}"
    return item.nodeid.partition("::")[0]


def _turn(group: str) -> int:
    """Return when a group is begun: workers take groups in this order, and the last must be short."""
    if group in LONGEST:
        return LONGEST.index(group)
    kind = Path(group).parts[1]
    return len(LONGEST) + (KINDS.index(kind) if kind in KINDS else 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests had to say, wherever they ran."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in reports:
        for name, text in getattr(report, "user_properties", ()):
            if name == SAYS and report.when == "call":
                terminalreporter.write_line(text)


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Take a line that the summary at the end prints: a seed, a tally."""
    return lambda text: record_property(SAYS, text)


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """Let child processes be interrupted even if the tests run in the background, where Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def nothing_left_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fail if a process that a test started outlives all tests and fixtures."""
    yield
    _, left = psutil.wait_procs(_started_by_tests(tmp_path_factory.getbasetemp()), timeout=60)
    assert not left, f"These processes outlive the tests: {[' '.join(each.cmdline()) for each in left]}"


def _started_by_tests(folder: Path) -> Iterator[psutil.Process]:
    """Yield this process's children and what runs in the tests' folder, but no helper of Python's own."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # gone meanwhile, or another user's
            mine = psutil.Process() in process.parents()
            marked = process.environ().get(processes.MARK, "").startswith(str(folder))
            helper = any("multiprocessing" in argument for argument in process.cmdline())
            if (mine or marked) and not helper and process.status() != psutil.STATUS_ZOMBIE:
                yield process


@pytest.fixture(autouse=True)
def same_environment() -> Iterator[None]:
    """Give every test the environment variables that the one before it found."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True)
def closed_breakers() -> None:
    """Let no test's failing store be spared in the next."""
    for name in ("handlers.aws.stores", "handlers.azure.stores"):
        if name in sys.modules:
            sys.modules[name].BREAKER.close()


@contextmanager
def running_ministack(folder: Path, *, enforce_iam: bool) -> Iterator[AwsEmulator]:
    """Have a MiniStack, whose state machines wait no time before they try again, for the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SFN_WAIT_SCALE", "0")
        emulator, process = ministack_emulator.launch(folder, enforce_iam=enforce_iam)
    try:
        ministack_emulator.wait(emulator, process, folder)
        yield emulator
    finally:
        processes.stop(folder)


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    """MiniStack, which lets everybody on this machine do everything."""
    with running_ministack(tmp_path_factory.mktemp("ministack"), enforce_iam=False) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def enforcing_ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsEmulator]:
    """A MiniStack of the module's own, which checks every call against what its caller may do."""
    with running_ministack(tmp_path_factory.mktemp("enforcing"), enforce_iam=True) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """Azurite with its pool of accounts."""
    folder = tmp_path_factory.mktemp("azurite")
    storage, process = azurite_emulator.launch(folder)
    try:
        azurite_emulator.wait(storage, process, folder)
        yield storage
    finally:
        processes.stop(folder)


@dataclass(frozen=True)
class Account:
    """One storage account's endpoints."""

    name: str
    blob: str
    queue: str
    table: str


@pytest.fixture
def aws(ministack: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> AwsEmulator:
    """Point boto3, and the handlers' clients, at MiniStack."""
    from handlers.aws import clients

    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", ministack.region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ministack.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ministack.secret_key)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients.client.cache_clear()
    return ministack


@pytest.fixture
def ledger_table(aws: AwsEmulator) -> str:
    """An empty table with the keys and the index of the deployed one; tests/infra/test_aws.py holds those."""
    import boto3

    from core.deployment.names import OPEN_INDEX

    name = f"ledger-{uuid.uuid4().hex[:12]}"
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("id", "open", "updated_at")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": OPEN_INDEX,
                "KeySchema": [
                    {"AttributeName": "open", "KeyType": "HASH"},
                    {"AttributeName": "updated_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture
def account(azurite: Storage, monkeypatch: pytest.MonkeyPatch) -> Account:
    """One of Azurite's accounts, with its key where the handlers look for it."""
    monkeypatch.setenv("AZURE_STORAGE_KEY", azurite.key)
    name = azurite.accounts[0]
    return Account(name, *(f"{service}/{name}" for service in (azurite.blob, azurite.queue, azurite.table)))


@dataclass(frozen=True)
class LocalStacks:
    """Both stacks, deployed onto emulators of the tests' own."""

    state: LocalState
    outputs: dict[str, dict[str, Any]]
    environment: dict[str, str]


@pytest.fixture(scope="session")
def local_stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStacks]:
    """Both stacks deployed; a developer's own set-up is left alone.

    While it is up, ``TWINLENS_LOCAL`` names it, so ``bench.stack.DeployedStack.of("aws-local")`` finds it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(state.VARIABLE, str(tmp_path_factory.mktemp("local") / "local.json"))
        with emulators.session() as running:
            outputs = {str(name): stack.up(name) for name in LocalStack}
            yield LocalStacks(running, outputs, environment.variables())


# Flags that keep the browser itself from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    """A running Chromium; no longer than a module, since Playwright keeps an event loop in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=CHROMIUM_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that pages are looked at in."""
    found = installed_chromium.find()
    assert found is not None, "There is no Chromium: `python -m local.toolchain chromium` says how to get it."
    return found
