"""Which pipeline is built."""

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
