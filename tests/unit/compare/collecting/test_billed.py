"""The file of what was collected: whole, refused or missing."""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from compare.collecting.billed import FILE, Billed, Figure, FunctionFigures, Gap, read, write
from compare.folder import read as read_folder
from compare.run import RunError

BILLED = Billed(
    collected_at="2026-01-05T13:00:00.000Z",
    began="2026-01-05T12:00:00Z",
    ended="2026-01-05T12:02:00Z",
    figures=(Figure("aws.lambda.requests", Decimal(4), "REPORT lines", "jobs"),),
    gaps=(Gap(("aws.s3.put_requests",), "S3", "It does not say."),),
    functions=(FunctionFigures("validate", 1, Decimal("59.5"), 60, 1024, 90, 0, Decimal(0)),),
)


def test_what_is_written_is_read(tmp_path):
    write(tmp_path, BILLED)
    assert read(tmp_path) == BILLED
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_run_has_none_until_it_is_collected(make_run, make_record):
    folder = make_run("aws", [make_record("a.jpg")])
    assert read_folder(folder).billed is None
    write(folder, BILLED)
    assert read_folder(folder).billed == BILLED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', msgspec.json.encode(BILLED)[:-40].decode()])
def test_what_is_half_or_foreign_is_refused_by_name(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(RunError, match=r"billed\.json is not what"):
        read(tmp_path)


def test_another_format_is_refused(tmp_path):
    write(tmp_path, replace(BILLED, format=2))
    with pytest.raises(RunError, match="has format 2"):
        read(tmp_path)
