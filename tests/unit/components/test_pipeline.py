"""Which pipeline is built."""

import re
from pathlib import Path
from types import SimpleNamespace

import pulumi
import pytest

from components import pipeline
from components.settings import CLOUDS


def test_every_cloud_that_settings_know_has_a_pipeline():
    assert set(pipeline.PIPELINES) == set(CLOUDS)


@pytest.mark.parametrize("cloud", pipeline.PIPELINES)
def test_the_cloud_s_own_pipeline_is_built(cloud, monkeypatch):
    monkeypatch.setitem(pipeline.PIPELINES, cloud, lambda name, settings: (name, settings.cloud))
    assert pipeline.build("photos", SimpleNamespace(cloud=cloud)) == ("photos", cloud)


def test_an_unknown_cloud_is_refused_by_name():
    with pytest.raises(pulumi.RunError, match="no pipeline for the cloud 'gcp'; there are aws, azure"):
        pipeline.build("photos", SimpleNamespace(cloud="gcp"))


def test_a_stack_that_is_not_local_is_not_planned_into_the_emulators():
    named = {"TWINLENS_LOCAL": "/somewhere/local.json"}
    pointed = named | {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    with pytest.raises(pulumi.RunError, match=r"'aws' is no local stack.*local env --unset"):
        pipeline.refuse_emulators("aws", pointed)
    pipeline.refuse_emulators("aws-local", pointed)
    pipeline.refuse_emulators("aws", named)


def test_the_page_on_adding_a_cloud_names_files_and_names_that_exist():
    root = Path(pipeline.__file__).parents[1]
    page = (root / "docs" / "adding-a-cloud.md").read_text()
    paths = [each for each in re.findall(r"`([\w/.-]+/[\w.-]*)`", page) if "<" not in each]
    assert len(paths) > 20
    assert not [each for each in paths if not (root / each).exists() and not each.endswith(("work/",))]
    for table, where in re.findall(r"`([A-Z_]{4,})`, `([\w/]+\.py)`", page):
        assert re.search(rf"^{table}\b", (root / where).read_text(), re.MULTILINE), (table, where)
