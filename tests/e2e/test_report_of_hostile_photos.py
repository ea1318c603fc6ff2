"""What a report shows of photos that were meant to do it harm, as a browser sees it."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from cli.main import app
from core.visible import visible_page

pytestmark = pytest.mark.e2e

CANARY = "canary-81c0e44d2b"
# As long as a file's name may be; the runs' own prefix comes before it in the key.
NAMES = [
    "<script>document.title='owned'<.jpg",
    '"><img src=x onerror="document.title=\'owned\'">.jpg',
    "two\nlines \x1b[31mred\x1b[0m.jpg",
    "ü" * 125 + ".jpg",
]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Photos with names of that kind, and a secret in their metadata."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate(NAMES):
        exif = Image.Exif()
        exif[0x010E] = CANARY  # ImageDescription
        exif.get_ifd(0x8825)[1] = "N"  # GPSLatitudeRef
        file = BytesIO()
        picture = Image.linear_gradient("L").resize((200 + number, 150)).convert("RGB")
        picture.save(file, "JPEG", exif=exif, comment=CANARY.encode())
        (folder / name).write_bytes(file.getvalue())
    return folder


def test_the_report_shows_their_names_and_does_nothing_they_say(
    stands, local_stacks, photos, chromium, tmp_path
):
    stacks = [argument for name in stands for argument in ("-s", name)]
    sizes = ["--bursts", "1", "--burst-size", str(len(NAMES)), "--warm-up", "0"]
    made = CliRunner().invoke(
        app, ["bench", *stacks, "--photos", str(photos), *sizes, "--out", str(tmp_path)]
    )
    assert made.exit_code == 0, made.output
    runs = [str(path.parent) for path in tmp_path.glob("*/run.json")]
    assert len(runs) == len(stands)
    out = tmp_path / "report"
    told = CliRunner().invoke(app, ["report", *runs, "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert "\x1b[31m" not in made.output + told.output

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(chromium), args=flags)
        page = browser.new_page()
        errors, asked = [], []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((out / "report.html").as_uri())
        shown = page.evaluate("document.body.textContent")
        title, scripts = page.title(), page.evaluate("document.scripts.length")
        pictures = page.evaluate("[...document.images].every(image => image.src.startsWith('data:'))")
        browser.close()
    assert errors == []
    assert [url for url in asked if not url.startswith("data:")] == [(out / "report.html").as_uri()]
    assert "owned" not in title
    assert (scripts, pictures) == (4, True)  # the page's data and its own two
    for name in NAMES:
        assert " ".join(visible_page(name).split()) in " ".join(shown.split())

    key = local_stacks.state.azure.key.encode()
    for path in tmp_path.rglob("*"):
        written = path.read_bytes() if path.is_file() else b""
        assert CANARY.encode() not in written, path
        assert key not in written, path
        assert b"sig=" not in written, path
