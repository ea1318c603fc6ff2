"""What the README and the pages of docs/ name exists: links, commands with their options, make's targets."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import COMMANDS, app, command

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def shell_lines(text):
    """The lines of the page's shell examples, and what stands in its text as a command."""
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()
    yield from re.findall(r"`((?:twinlens|make) [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def calls(program):
    """Every call of the program on any page, with the page's name."""
    found = []
    for page in PAGES:
        for line in shell_lines(page.read_text()):
            for part in re.findall(rf"(?:^|&& |\$\()({program} (?:'[^']*'|[^|&>)'])+)", line.strip()):
                found.append(pytest.param(shlex.split(part, comments=True)[1:], id=f"{page.name}: {part}"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_page_is_reached_from_the_readme():
    reached, ahead = set(), [PAGES[0]]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        linked = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text())
        ahead += [found for each in linked if (found := (page.parent / each).resolve()) not in reached]
    assert set(PAGES) <= reached


@pytest.mark.parametrize("words", calls("twinlens"))
def test_commands_and_their_options_exist(words):
    named = get_command(app)
    if words and not words[0].startswith("-"):
        name, *words = words
        assert name in COMMANDS, name
        named = command(name)
    while words and hasattr(named, "get_command") and not words[0].startswith("-"):
        name, *words = words
        named = named.get_command(None, name)
        assert named is not None, name
    known = {name for parameter in named.params for name in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("-")} <= known | {"-h", "--help"}


@pytest.mark.parametrize("words", calls("make"))
def test_targets_exist(words):
    assert {word for word in words if "=" not in word} <= TARGETS
