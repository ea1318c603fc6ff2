"""What is listed as deployed is what is in the archive, and that is what was audited."""

import re

import pytest

from components.packaging import PACKAGES, ROOT, build
from tools.audit import held


@pytest.mark.parametrize("cloud", PACKAGES)
def test_an_archive_holds_what_its_lock_names_and_nothing_else(cloud: str) -> None:
    lock = (ROOT / "locks" / PACKAGES[cloud].lock).read_text()
    locked = re.findall(r"^([\w.-]+)==([^\s;]+)( ; \S.*)?", lock, re.MULTILINE)

    listed = {_plain(each) for each in held(build(cloud, "x86_64"))}

    assert listed <= {_plain(f"{name}=={version}") for name, version, _ in locked}
    assert listed >= {_plain(f"{name}=={version}") for name, version, marker in locked if not marker}


def _plain(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", requirement.split("==")[0]).lower() + "==" + requirement.split("==")[1]
