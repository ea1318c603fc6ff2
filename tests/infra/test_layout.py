"""The layout's own rules, beside the import contracts of pyproject.toml."""

from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PRODUCT = ("core", "handlers", "components", "compare", "bench", "simulation", "cli", "local", "web")
MOST_LINES = 250


def test_no_module_is_longer_than_a_reader_takes_in():
    modules = [path for name in (*PRODUCT, "tools") for path in (ROOT / name).rglob("*.py")]
    modules = [path for path in modules if "node_modules" not in path.parts]
    assert len(modules) > 300
    assert not [path for path in modules if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES]


def test_no_modules_import_each_other_in_a_circle():
    graph = grimp.build_graph(*PRODUCT, cache_dir=None)
    unchecked = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # What imports only modules that are in no circle is in none.
    while free := {module for module, imported in unchecked.items() if not imported & unchecked.keys()}:
        for module in free:
            del unchecked[module]
    assert not unchecked
