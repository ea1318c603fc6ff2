"""Write the deployers' policies and roles into docs/deploy: ``python -m tools.deployer``."""

from __future__ import annotations

from pathlib import Path

from tools.deployer import aws, azure, github

FOLDER = Path(__file__).parents[2] / "docs" / "deploy"


def main() -> None:
    """Write all files."""
    for name, text in {**aws.documents(), **azure.documents(), **github.documents()}.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
