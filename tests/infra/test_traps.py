"""The tests that the documents name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [page for page in sorted((ROOT / "docs").rglob("*.md")) if "`test_" in page.read_text()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_document_names_exists(page):
    files = list((ROOT / "tests").rglob("test_*.py"))
    functions = re.findall(r"^def (test_\w+)\(", "\n".join(path.read_text() for path in files), re.MULTILINE)
    named = set(re.findall(r"`(test_\w+(?:\.py)?)`", page.read_text()))
    assert named
    assert named <= {*functions, *(path.name for path in files)}
