"""Which archives stay in the folder of finished ones."""

import os
import threading
import time

import pytest

from components import archives


@pytest.fixture
def made(tmp_path):
    """Make archives that were last taken so many minutes ago."""

    def make(kind, *minutes):
        for number, each in enumerate(minutes):
            path = tmp_path / f"{kind}-{number:016x}.zip"
            path.write_bytes(b"PK")
            age(path, each * 60)
        return tmp_path

    return make


def age(path, seconds):
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def names(folder):
    return {path.name for path in folder.iterdir()} - {".lock"}


def test_the_last_ones_of_each_kind_stay_however_old(made):
    folder = made("aws-arm64", *range(9000, 9008))
    made("azure-x86_64", *range(9000, 9003))
    archives.prune(folder)
    assert names(folder) == {
        *(f"aws-arm64-{number:016x}.zip" for number in range(archives.KEPT)),
        *(f"azure-x86_64-{number:016x}.zip" for number in range(3)),
    }


def test_what_another_process_may_be_reading_stays_however_many_there_are(made):
    folder = made("aws-arm64", *range(1, 60), 61, 62)
    archives.prune(folder)
    assert len(names(folder)) == 59


def test_taking_an_archive_keeps_it(made):
    folder = made("aws-arm64", *range(9000, 9007))
    oldest = folder / f"aws-arm64-{6:016x}.zip"
    assert archives.take(oldest)
    archives.prune(folder)
    assert oldest.name in names(folder)
    assert len(names(folder)) == archives.KEPT


def test_an_archive_that_is_not_there_is_not_taken(tmp_path):
    assert not archives.take(tmp_path / "aws-arm64-0.zip")
    assert not archives.take(tmp_path / "no folder" / "aws-arm64-0.zip")


def test_nobody_prunes_while_another_takes(made):
    folder = made("aws-arm64", *range(9000, 9009))
    with archives._alone(folder):
        other = threading.Thread(target=archives.prune, args=[folder])
        other.start()
        other.join(0.2)
        assert len(names(folder)) == 9
    other.join()
    assert len(names(folder)) == archives.KEPT


def test_what_an_interrupted_build_left_goes_after_a_day(made):
    folder = made("aws-arm64", 1)
    for name, seconds in (("tmpold", 2 * 24 * 3600), ("tmpnew", 60)):
        (folder / name).mkdir()
        (folder / name / "tree").mkdir()
        age(folder / name, seconds)
    archives.prune(folder)
    assert names(folder) == {f"aws-arm64-{0:016x}.zip", "tmpnew"}
