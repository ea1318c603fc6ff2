import pytest
import yaml

from bench import faults, project
from bench.faults import injected, profile
from cli.main import app
from compare.folder import read_head
from core.chaos import Profile
from core.errors import SettingsError, SetupError

STORM = Profile.parse("storm seed=3")
warned: list[str] = []


@pytest.fixture
def deployed(monkeypatch, tmp_path):
    """What was deployed, as (stack, its setting chaos), in order; three stacks have config files."""
    found = []
    for stack, settings in (("aws-local", {}), ("dev", {"twinlens:allowChaos": "true"}), ("live", {})):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": {"a:b": "c", **settings}}))

    def deploy(stack, settings):
        found.append((stack, settings.get("twinlens:chaos")))

    (tmp_path / "Pulumi.yaml").touch()
    monkeypatch.setattr(project, "_CODE", tmp_path)
    monkeypatch.setattr(faults, "_deploy", deploy)
    return found


def test_a_profile_is_named_or_written_out_or_in_a_file(tmp_path):
    file = tmp_path / "mine"
    file.write_text("storm\nseed=3\n")
    assert profile("storm seed=3") == profile(str(file)) == STORM
    assert profile("throttle=0.5") == Profile(throttle=0.5)
    with pytest.raises(SettingsError, match="There is no chaos profile 'strom'; there are calm, slow"):
        profile("strom")


def test_the_faults_are_there_for_the_block_alone(deployed):
    with injected(STORM, ["aws-local", "dev"], warned.append):
        assert deployed == [("aws-local", str(STORM)), ("dev", str(STORM))]
    assert deployed[2:] == [("aws-local", None), ("dev", None)]


def test_they_are_taken_away_whatever_happens(deployed):
    with pytest.raises(KeyboardInterrupt), injected(STORM, ["aws-local"], warned.append):
        raise KeyboardInterrupt
    assert deployed[1:] == [("aws-local", None)]


def test_a_stack_that_could_not_be_deployed_is_restored_too(deployed, monkeypatch):
    deploy = faults._deploy

    def broken(stack, settings):
        deploy(stack, settings)
        if len(deployed) == 2:
            raise SetupError("Pulumi cannot.")

    monkeypatch.setattr(faults, "_deploy", broken)
    with (
        pytest.raises(SetupError, match="Pulumi cannot"),
        injected(STORM, ["aws-local", "dev"], warned.append),
    ):
        raise AssertionError("the block is not entered")
    assert deployed[2:] == [("aws-local", None), ("dev", None)]


def test_a_failed_restoration_is_reported_and_hides_nothing(deployed, monkeypatch):
    warned.clear()

    def gone(stack, settings):
        raise SetupError("The emulators are gone.")

    def work():
        with injected(STORM, ["aws-local"], warned.append):
            monkeypatch.setattr(faults, "_deploy", gone)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    (told,) = warned
    assert told.startswith("The stack 'aws-local' may still inject faults; `pulumi up -s aws-local`")


@pytest.mark.parametrize(
    ("stack", "said"),
    [("live", "allowChaos true -s live"), ("org/project/nowhere", "There is no stack")],
)
def test_other_stacks_are_refused_before_anything_is_done(deployed, stack, said):
    with (
        pytest.raises((SettingsError, SetupError), match=said),
        injected(STORM, ["aws-local", stack], warned.append),
    ):
        raise AssertionError("the block is not entered")
    assert deployed == []


def test_bench_injects_them_and_says_so_in_the_run(deployed, clouds, photos, run, tmp_path, monkeypatch):
    from bench.stack import DeployedStack

    def of(stack):
        chaos = deployed[-1][1] if deployed else None
        made = find(stack)
        return DeployedStack(stack, {**made.outputs, "chaos": chaos or ""}, made.connection, made.where)

    find = DeployedStack.of
    monkeypatch.setattr(DeployedStack, "of", of)
    runs = tmp_path / "runs"
    arguments = ["-s", "aws-local", "--photos", str(photos), "--out", str(runs), "--chaos", "storm seed=3"]
    done = run.invoke(app, ["bench", *arguments, "--bursts", "1", "--burst-size", "2", "--warm-up", "0"])
    assert done.exit_code == 0, done.output
    (folder,) = runs.iterdir()
    assert read_head(folder).chaos == str(STORM)
    assert deployed == [("aws-local", str(STORM)), ("aws-local", None)]
