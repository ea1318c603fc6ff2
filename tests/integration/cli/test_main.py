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
