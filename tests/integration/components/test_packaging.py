import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pulumi
import pytest
from PIL import Image, ImageSequence

from benchmarks import cold_start
from components import archives as archive_folder
from components import packaging, trimming
from components.packaging import PACKAGES, ROOT, build, make
from handlers.azure import clients

SOURCES = ("core", "recipes", "handlers", "locks", "components")
KINDS = [("aws", "x86_64"), ("aws", "arm64"), ("azure", "x86_64"), ("aws-durable", "x86_64")]
LIBRARIES = ".python_packages/lib/site-packages"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The project's sources in another folder, where nobody else changes them."""
    return _copy(ROOT, tmp_path_factory.mktemp("here") / "project")


@pytest.fixture(scope="module")
def archives() -> dict[tuple[str, str], Path]:
    """Every archive of the checkout, as it is deployed; built only where something in it has changed."""
    return {kind: build(*kind) for kind in KINDS}


@pytest.fixture
def uninstalled(monkeypatch) -> None:
    """Have archives hold sources only, so that they take no time."""
    monkeypatch.setattr(packaging, "_install", lambda *_: None)
    monkeypatch.setitem(PACKAGES, "aws", replace(PACKAGES["aws"], trim=trimming.nothing))


def _copy(project: Path, to: Path) -> Path:
    for folder in SOURCES:
        shutil.copytree(project / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_equal_bytes_from_another_folder_at_another_time(cloud, archives, project, tmp_path):
    here = archives[cloud, "x86_64"]
    there = build(cloud, "x86_64", root=_copy(project, tmp_path / "other"), builds=tmp_path / "builds")
    assert here.name == there.name
    assert digest(here) == digest(there)
    assert list(there.parent.glob("*.zip")) == [there]


def test_an_unchanged_project_finds_its_archive_ready(archives, monkeypatch):
    monkeypatch.setattr(packaging, "_install", lambda *_: pytest.fail("built again"))
    assert build("aws", "x86_64") == archives["aws", "x86_64"]


@pytest.mark.parametrize(
    "changed", ["recipes/other.toml", "core/job.py", "locks/aws-lambda.txt", "components/trimming.py"]
)
@pytest.mark.usefixtures("uninstalled")
def test_a_change_makes_another_archive(changed, project, tmp_path):
    before = build("aws", "x86_64", root=project, builds=tmp_path)
    copy = _copy(project, tmp_path / "changed")
    with (copy / changed).open("a") as file:
        file.write("# more\n")
    assert build("aws", "x86_64", root=copy, builds=tmp_path).name != before.name


@pytest.mark.usefixtures("uninstalled")
def test_a_new_archive_takes_the_place_of_those_that_nobody_uses(project, tmp_path):
    for number in range(8):
        old = tmp_path / f"aws-x86_64-{number:016x}.zip"
        old.write_bytes(b"PK")
        os.utime(old, (0, number))
    new = build("aws", "x86_64", root=project, builds=tmp_path)
    assert new in tmp_path.iterdir()
    assert len(list(tmp_path.glob("*.zip"))) == archive_folder.KEPT


@pytest.mark.usefixtures("uninstalled")
def test_a_file_that_settings_decide_replaces_the_source_and_makes_another_archive(project, tmp_path):
    usual = build("aws", "x86_64", root=project, builds=tmp_path)
    other = build("aws", "x86_64", root=project, builds=tmp_path, texts={"recipes/gallery.toml": "# mine"})
    assert usual.name != other.name
    assert zipfile.ZipFile(other).read("recipes/gallery.toml") == b"# mine"


def test_what_is_in_the_archives(archives):
    aws, arm, azure, durable = (set(zipfile.ZipFile(archives[kind]).namelist()) for kind in KINDS)
    assert {"core/job.py", "recipes/gallery.toml", "handlers/aws/function.py", "PIL/Image.py"} <= aws
    assert not [name for name in aws if name.startswith(("handlers/azure", "components", "bin/", "boto3"))]
    assert {"function_app.py", "host.json", "core/job.py", f"{LIBRARIES}/PIL/Image.py"} <= azure
    assert not [name for name in azure if name.startswith("handlers/aws")]
    sdk = "aws_durable_execution_sdk_python/"
    assert {name for name in durable - aws if name.endswith(".py") and not name.startswith(sdk)} == {
        "boto3/__init__.py"
    }
    assert all("aarch64" in name for name in arm if name.endswith(".so"))
    assert not [name for name in aws | azure if "aarch64" in name]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_what_only_this_machine_uses_is_in_no_archive(kind, archives):
    names = zipfile.ZipFile(archives[kind]).namelist()
    assert packaging.NOT_PACKED == ("core/memory", "core/signals.py")
    assert not [name for name in names if name.startswith(packaging.NOT_PACKED)]


@pytest.mark.usefixtures("uninstalled")
def test_a_change_of_what_is_not_packed_makes_no_other_archive(project, tmp_path):
    before = build("aws", "x86_64", root=project, builds=tmp_path)
    copy = _copy(project, tmp_path / "changed")
    with (copy / "core/memory/__init__.py").open("a") as file:
        file.write("# more\n")
    assert build("aws", "x86_64", root=copy, builds=tmp_path) == before


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_archives_say_nothing_of_when_and_where(kind, archives):
    with zipfile.ZipFile(archives[kind]) as opened:
        entries = opened.infolist()
    assert {entry.date_time for entry in entries} == {packaging.EARLIEST}
    assert {entry.external_attr for entry in entries} == {0o100644 << 16}
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert not [entry for entry in entries if Path(entry.filename).name in packaging.CLUTTER]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_every_module_of_ours_is_compiled(kind, archives):
    names = set(zipfile.ZipFile(archives[kind]).namelist())
    ours = {
        name for name in names if name.endswith(".py") and name.startswith(("core/", "handlers/", "PIL/"))
    }
    assert ours
    assert {_compiled(name) for name in ours} <= names


def _compiled(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_the_aws_archive_is_small(architecture, archives):
    assert archives["aws", architecture].stat().st_size < 15 * 2**20


PROGRAM = """
import hashlib, json, sys
from pathlib import Path
from core import recipes
from core.job import Job, Source
from core.steps import Tools, execute

class Store(dict):
    def get(self, key, max_bytes, upload=None):
        return self[key]

    def put(self, key, data, content_type):
        self[key] = data

made = {}
for name in recipes.names():
    for photo in sorted(Path(sys.argv[1]).iterdir()):
        tools = Tools(Store(a=photo.read_bytes()), Store(), recipes.load(name), 10**8, 10**8)
        execute("process", Job("id", name, Source("in", "a", "e", 1), "", "", ""), tools)
        for key, data in tools.output.items():
            made[f"{name} {photo.name} {key}"] = hashlib.sha256(data).hexdigest()
print(json.dumps(made))
"""
PHOTOS = ("animated.gif", "cmyk.jpg", "sideways.jpg", "sixteen-bit.png", "transparent.png")
SIDE = 160  # small, since all recipes are tried three times


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """A folder of small photos, one for each decoder and kind of picture, and one that breaks off."""
    folder = tmp_path_factory.mktemp("photos")
    for name in PHOTOS:
        with Image.open(ROOT / "samples" / name) as image:
            size = (SIDE, SIDE * image.height // image.width)
            first, *others = [
                frame.resize(size, Image.Resampling.NEAREST) for frame in ImageSequence.all_frames(image)
            ]
            more = {"save_all": True, "append_images": others} if others else {}
            first.save(folder / name, exif=image.getexif(), **more)
    whole = (folder / "sideways.jpg").read_bytes()
    (folder / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.fixture(scope="module")
def unpacked(archives, tmp_path_factory) -> dict[str, Path]:
    """What a cloud unpacks, by its name."""
    folders = {cloud: tmp_path_factory.mktemp(cloud) for cloud in PACKAGES}
    for cloud, folder in folders.items():
        with zipfile.ZipFile(archives[cloud, "x86_64"]) as opened:
            opened.extractall(folder)
    return folders


@pytest.fixture(scope="module")
def made_untrimmed(project, photos) -> dict[str, str]:
    """The digest of everything that the project makes of the photos with its libraries whole."""
    whole = f"import sys; sys.path.append({str(Path(pulumi.__file__).parents[1])!r})\n" + PROGRAM
    return json.loads(run(whole, project, str(photos)))


def run(program: str, folder: Path, *arguments: str) -> str:
    """Run the program on nothing but the folder and Python itself, as a cloud does."""
    paths = f"import sys; sys.path[:0] = ['.', {LIBRARIES!r}]; sys.path[:] = sys.path\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", paths + program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_what_was_trimmed_away_is_missed_by_no_photo_and_no_recipe(cloud, unpacked, made_untrimmed, photos):
    made = json.loads(run(PROGRAM, unpacked[cloud], str(photos)))
    assert {name.split()[1] for name in made} == set(PHOTOS)
    assert made == made_untrimmed


# Without a network: a signed address takes all that a request does, its endpoint included.
SIGN = """
import handlers.aws.function
from handlers.aws.clients import client
for call in ("get_object", "put_object"):
    client("s3").generate_presigned_url(call, Params={"Bucket": "photos", "Key": "a.jpg"})
client("dynamodb").get_paginator("query")
for service in ("lambda", "sns", "stepfunctions"):
    assert client(service).meta.endpoint_url
client("s3").get_waiter("object_exists")
assert not client("s3").get_object.__doc__  # no help text, and nothing that would write one
"""

# The durable function, with the client that the SDK is given in place of boto3's.
CONTINUE = """
from handlers.aws import durable
assert durable._durable()
"""

# All that the function app imports by itself or when it is first needed, and a form, which the Functions
# library reads with what is left of werkzeug.
READ = """
import function_app
from azure.data import tables
from azure.functions import HttpRequest
from azure.storage import blob, queue
from handlers.azure import reconciler
form = b'--a\\r\\nContent-Disposition: form-data; name="key"\\r\\n\\r\\nvalue\\r\\n--a--\\r\\n'
headers = {"Content-Type": "multipart/form-data; boundary=a"}
assert HttpRequest("POST", "http://localhost/", headers=headers, body=form).form["key"] == "value"
"""


def test_the_functions_import_from_nothing_but_their_archive(unpacked):
    for cloud, program in {"aws": SIGN, "aws-durable": CONTINUE, "azure": READ}.items():
        keys = "import os; os.environ |= dict.fromkeys(('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'), 'x')\n"
        keys += "os.environ['AWS_DEFAULT_REGION'] = 'us-east-1'\n"
        assert run(f"{keys}{program}\nprint('ready')", unpacked[cloud]).strip() == "ready"


SIGN_IN = """
from handlers.azure.clients import credential
print(credential("https://photos.blob.core.windows.net").get_token("https://storage.azure.com/.default").token)
"""


class Identities(BaseHTTPRequestHandler):
    """The endpoint beside an app, which vouches for its identity."""

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        assert self.headers["X-IDENTITY-HEADER"] == "this app"
        token = f"{asked['client_id'][0]} for {asked['resource'][0]}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(
            json.dumps({"access_token": token, "expires_on": "4102444800", "resource": "r"}).encode()
        )

    def log_message(self, *_):
        pass


def test_the_app_signs_in_with_what_its_archive_has(unpacked, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Identities) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        for name, value in {
            clients.CREDENTIAL: "managedidentity",
            clients.CLIENT_ID: "me",
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{server.server_port}/msi/token",
            "IDENTITY_HEADER": "this app",
        }.items():
            monkeypatch.setenv(name, value)
        told = run(SIGN_IN, unpacked["azure"])
        server.shutdown()
        thread.join()
    assert told.strip() == "me for https://storage.azure.com"


# What workers did load once, though the first step or claim has no use for it.
UNUSED = {
    "aws": {
        "boto3",
        "botocore.docs.service",
        "importlib.metadata",
        "core.workflow.model",
        "core.workflow.photo",
        "handlers.aws.reconciler",
    },
    "azure": {
        "azure.storage.blob",
        "azure.storage.queue",
        "cryptography",
        "werkzeug.serving",
        "handlers.azure.reconciler",
    },
}


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_worker_loads_nothing_that_its_first_call_does_not_need(cloud, unpacked, monkeypatch):
    for name, value in cold_start.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    program = cold_start.PROGRAMS[cloud] + "import json; print(json.dumps(list(sys.modules)))"
    loaded = set(json.loads(run(program, unpacked[cloud])))
    assert {"aws": "botocore.client", "azure": "azure.data.tables"}[cloud] in loaded
    assert not loaded & UNUSED[cloud]


def test_requirements_that_cannot_be_installed_are_reported_without_a_traceback(project, tmp_path):
    copy = _copy(project, tmp_path / "copy")
    (copy / "locks" / "aws-lambda.txt").write_text("pillow==0.0.1 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(pulumi.RunError, match="uv could not install"):
        build("aws", "x86_64", root=copy, builds=tmp_path / "builds")
    assert {each.name for each in (tmp_path / "builds").iterdir()} <= {".lock"}


@pytest.mark.usefixtures("uninstalled")
def test_a_package_can_be_left_as_it_was_installed(project, tmp_path):
    archive = tmp_path / "plain.zip"
    make(replace(PACKAGES["aws"], trim=trimming.nothing, compiled=False), "x86_64", project, archive)
    names = zipfile.ZipFile(archive).namelist()
    assert "core/job.py" in names
    assert not [name for name in names if name.endswith(".pyc")]
