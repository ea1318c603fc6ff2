"""Remove the parts of installed requirements that no function needs, so that workers start faster.

Everything that a filter, a format or another call of the same service could need is kept.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# Steps call the first; the reconciler calls all of them.
SERVICES = ("s3", "dynamodb", "sns", "stepfunctions", "lambda")
ENDPOINTS = ("s3", "dynamodb", "sns", "states", "lambda")  # how botocore's table of endpoints calls them

# The plugins that Pillow imports by default; the photo core imports those of its formats explicitly.
PILLOW_IMPORTS = ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm")
PHOTO_CORE = Path(__file__).parent.parent / "core" / "photo"
# Pillow's ways to a screen, and its formats that are no pictures.
NO_PICTURES = (
    *("ImageGrab", "ImageQt", "ImageShow", "ImageTk", "ImageWin", "_imagingtk", "_tkinter_finder"),
    *("BdfFontFile", "ContainerIO", "FontFile", "GdImageFile", "PSDraw", "PcfFontFile", "PdfParser"),
    *("TarIO", "WalImageFile"),
)
# What azure-identity's own modules share, and a managed identity doesn't.
SIGN_INS = (
    "aad_client",
    "aad_client_base",
    "aadclient_certificate",
    "auth_code_redirect_handler",
    "interactive",
)

# A replacement for the help texts that botocore generates for each method of its clients.
DOCSTRING = """
class Docstring(str):
    def __new__(cls, *_, **__):
        return super().__new__(cls)


ClientMethodDocstring = PaginatorDocstring = WaiterDocstring = Docstring
"""


def nothing(libraries: Path) -> None:
    """Keep everything."""


def for_aws(libraries: Path) -> None:
    """Trim Pillow, botocore, and urllib3 below it."""
    _trim_pillow(libraries / "PIL")
    data = libraries / "botocore" / "data"
    _remove(path for path in data.iterdir() if path.is_dir() and path.name not in SERVICES)
    _rewrite(data / "endpoints.json", _endpoints)
    for description in data.glob("*/*/*.json.gz"):  # the rules of endpoints too, which are mostly blanks
        _rewrite(description, _undocumented)
    _remove(data.glob("*/*/examples-1.json"))
    _trim_docs(libraries / "botocore" / "docs")
    _empty(libraries / "urllib3" / "http2" / "__init__.py")  # HTTP/2, which is not used
    _remove(libraries.rglob("*.pyi"))


def for_aws_durable(libraries: Path) -> None:
    """Trim boto3, too: the SDK of durable executions imports it, but uses the client that it gets."""
    for_aws(libraries)
    _remove(path for path in (libraries / "boto3").iterdir() if path.name != "__init__.py")
    _empty(libraries / "boto3" / "__init__.py")
    _remove([libraries / "s3transfer"])


def for_azure(libraries: Path) -> None:
    """Trim Pillow and the Azure SDK, which contains a second, asynchronous version of its clients."""
    _trim_pillow(libraries / "PIL")
    _remove((libraries / "azure" / "storage").rglob("aio"))  # data.tables imports its own
    _trim_identity(libraries / "azure" / "identity")
    _trim_werkzeug(libraries / "werkzeug")
    _remove([libraries / "tests"])  # the Durable SDK's own
    _remove(libraries.rglob("*.pyi"))


def _trim_docs(package: Path) -> None:
    """Remove the generation of help texts from botocore's clients."""
    _remove(path for path in package.iterdir() if path.name not in ("__init__.py", "utils.py"))
    _empty(package / "__init__.py")
    (package / "docstring.py").write_text(DOCSTRING)


def _trim_identity(package: Path) -> None:
    """Keep only the managed identity credential; the others are slow to import."""
    _remove(package.rglob("aio"))
    (package / "__init__.py").write_text(
        "from ._exceptions import CredentialUnavailableError\n"
        "from ._credentials.managed_identity import ManagedIdentityCredential\n"
    )
    _empty(package / "_credentials" / "__init__.py")
    shared = package / "_internal" / "__init__.py"
    shared.write_text(re.sub(rf"^from \.({'|'.join(SIGN_INS)}) .*\n", "", shared.read_text(), flags=re.M))


def _trim_werkzeug(package: Path) -> None:
    """Keep the parsers of headers and forms, which the Functions library uses, without the web server."""
    _remove(package / name for name in ("serving.py", "_reloader.py", "debug", "test.py", "testapp.py"))
    _empty(package / "__init__.py")  # it imported the server


def _trim_pillow(package: Path) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in PHOTO_CORE.rglob("*.py"))
    kept = {*PILLOW_IMPORTS, *re.findall(r"(\w+)ImagePlugin\b", sources)}
    _remove(
        path
        for path in package.glob("*ImagePlugin.py")
        if path.name.removesuffix("ImagePlugin.py") not in kept
    )
    _remove(path for path in package.iterdir() if path.name.split(".")[0] in NO_PICTURES)


def _remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _empty(module: Path) -> None:
    """Empty a module, so that the rest of its package stays importable.

    Raises:
        FileNotFoundError: The module does not exist, so the package's structure has changed.
    """
    with module.open("r+") as opened:
        opened.truncate()


def _rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    """Replace the JSON in the file with the result of ``change``, in compact form."""
    packed = path.suffix == ".gz"
    content = path.read_bytes()
    document = change(json.loads(gzip.decompress(content) if packed else content))
    content = json.dumps(document, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)


def _endpoints(document: dict[str, Any]) -> dict[str, Any]:
    """Return botocore's table of endpoints, reduced to the used services."""
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in ENDPOINTS if name in services}
    return document


def _undocumented(value: Any) -> Any:
    """Return a service's description without its documentation, which is the slowest part to read.

    The keys stay: botocore looks some of them up (``ServiceModel.client_context_parameters``).
    """
    if isinstance(value, list):
        return [_undocumented(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "" if key == "documentation" and isinstance(each, str) else _undocumented(each)
        for key, each in value.items()
    }
