from bench import faults
from bench.faults import injected
from core.chaos import Profile


def test_a_stack_on_a_real_cloud_is_deployed_over_a_copy_of_its_config(tmp_path, monkeypatch):
    config = tmp_path / "Pulumi.dev.yaml"
    config.write_text("config: {twinlens:allowChaos: true}\n")
    program = tmp_path / "pulumi"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\necho spoilt > "$5"\n')
    program.chmod(0o755)
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with injected(Profile(error=0.5), ["dev"], print):
        pass
    first, second = (tmp_path / "asked").read_text().splitlines()
    assert "up --stack dev --config-file" in first
    assert "--config twinlens:chaos=error=0.5" in first
    assert "chaos" not in second
    assert config.read_text() == "config: {twinlens:allowChaos: true}\n"
