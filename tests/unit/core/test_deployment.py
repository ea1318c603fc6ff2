"""What components and handlers share stands in ``core/deployment`` and nowhere else."""

import ast
from pathlib import Path

import pytest

from core.deployment import limits, names, variables

ROOT = Path(__file__).parents[3]
MODULES = [path for folder in ("components", "handlers") for path in sorted((ROOT / folder).rglob("*.py"))]
# Also plain words: as a place of the model, as a topic, as a column, as part of a resource's name.
WORDS = {"input", "output", "open", "id", "updated_at", "error", "success", "ledger", "uploads"}
WORDS |= {"undelivered", "packages", "stuck", "unclaimed"}


def values(module) -> set[str]:
    found = set()
    for name, value in vars(module).items():
        if name.isupper():
            found |= set(value.values()) if isinstance(value, dict) else {value}
    return {each for each in found if isinstance(each, str)}


SHARED = (values(names) | values(variables) | values(limits)) - WORDS


def literals(path: Path):
    """The texts in a module, its docstrings excepted."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_there_is_something_to_look_for():
    assert {"TWINLENS_STEP", "PHOTOS", "-local", "uploads-poison", "notify-error", "rate(1 day)"} <= SHARED
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_shared_name_is_written_down_again(path):
    parts = ("TWINLENS_", "ServiceUri", "__credential", "__clientId")  # of names that functions put together
    again = {text for text in literals(path) if text in SHARED or any(part in text for part in parts)}
    assert not again


def test_no_retention_is_written_down_again():
    """Thirty days, fourteen days: in whichever unit."""
    numbers = {30 * 86_400, 14 * 86_400, 30 * 24, 14 * 24}
    for path in MODULES:
        found = {
            node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)
        }
        assert not {each for each in found if isinstance(each, int)} & numbers, path


def test_photos_are_named_by_these_extensions():
    assert set(limits.SUFFIXES) == {
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".gif",
        ".tif",
        ".tiff",
        ".bmp",
        ".heic",
        ".heif",
        ".avif",
    }
