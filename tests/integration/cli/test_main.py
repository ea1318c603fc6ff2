import re
import shlex
import subprocess
import sys
from pathlib import Path

from cli.examples import EXAMPLES
from cli.main import COMMANDS, command, commands_of


def test_a_command_loads_quickly_no_more_than_it_needs():
    asked = (
        "import sys; from cli.main import app; app(['filters'], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "cli.filters" in loaded
    assert not loaded & {"cli.report", "boto3", "jinja2", "numpy", "pulumi", "requests", "scipy"}


def test_only_the_commands_of_the_emulators_import_them():
    asked = """
import sys
from importlib import import_module
from cli.main import COMMANDS
for name in COMMANDS:
    if name not in ("local", "estimate"):  # an estimate reads settings as Pulumi does
        import_module(f"cli.{name}")
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"cli.bench", "cli.doctor", "cli.submit"} <= loaded
    assert not {name for name in loaded if name.partition(".")[0] == "local"}
    assert "pulumi" not in loaded, "it takes half a second"


def commands():
    for name in COMMANDS:
        made = command(name)
        if getattr(made, "invoke_without_command", True):
            yield name, made
        yield from ((f"{name} {each.name}", each) for each in commands_of(made))


def test_the_list_of_commands_says_what_their_help_says():
    for name, sentence in COMMANDS.items():
        first = (command(name).help or "").partition("\n\n")[0]
        assert " ".join(first.split()) == sentence


def test_every_command_has_examples_that_it_takes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("holiday", "samples"):
        Path(folder).mkdir()
    for file in ("photo.jpg", "photos.csv"):
        Path(file).touch()
    known = dict(commands())
    assert known.keys() == EXAMPLES.keys()
    for path, examples in EXAMPLES.items():
        for example in examples:
            line = re.fullmatch(r'eval "\$\((.*)\)"', example)
            words = shlex.split(line[1] if line else example)
            assert words[: 1 + len(path.split())] == ["twinlens", *path.split()]
            known[path].make_context(path, words[1 + len(path.split()) :])
