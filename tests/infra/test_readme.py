"""The README's table of settings names what Pulumi.yaml declares."""

import re
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).parents[2]


def test_the_readme_names_every_setting_and_no_other() -> None:
    declared = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())["config"]
    section = (CHECKOUT / "README.md").read_text().split("## Settings")[1].split("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert named == list(declared)
