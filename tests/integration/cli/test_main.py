import subprocess
import sys


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
