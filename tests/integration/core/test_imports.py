import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

BLOCKED = """
import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path

class Block(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"boto3", "botocore", "azure", "pulumi"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Block())
for file in sorted(Path("core").rglob("*.py")):
    parts = file.with_suffix("").parts
    import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    print(file)
"""

LIGHT = """
import sys
import core.steps, core.job, core.recipe, core.ports, core.memory, core.deployment.variables
print(sorted(name for name in sys.modules if name.startswith("PIL") or name == "tomllib"))
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_of_the_core_imports_without_any_cloud() -> None:
    assert len(run(BLOCKED).splitlines()) == len(list((ROOT / "core").rglob("*.py")))


def test_the_core_loads_pillow_only_where_pictures_are() -> None:
    assert run(LIGHT).strip() == "[]"
