"""What the page shows of photos, whatever happens to them."""

from io import BytesIO

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from fake_front_door import MOST
from PIL import Image
from playwright.sync_api import expect

SERIOUS = ("serious", "critical")
DROP = """([name, numbers]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(numbers)], name, {type: "image/jpeg"}));
  dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
}"""


def photo(shade=0):
    file = BytesIO()
    Image.new("RGB", (60, 40), (shade, 90, 160)).save(file, "PNG")
    return file.getvalue()


def choose(page, *names, data=None):
    files = [
        {"name": name, "mimeType": "", "buffer": photo(at) if data is None else data}
        for at, name in enumerate(names)
    ]
    page.set_input_files("#choose", files)


def states(page):
    return page.locator(".state")


def test_a_dropped_photo_ends_as_before_and_after(page, door):
    page.evaluate(DROP, ["sea.jpg", list(photo())])
    expect(states(page)).to_have_text("Done in 2.5 s.")
    assert page.locator(".steps li").all_text_contents() == [
        "validate: done",
        "resize: done",
        "optimize: done",
    ]
    expect(page.locator("figcaption")).to_have_text(["Before", "After"])
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    links = page.locator(".results a")
    assert links.all_inner_texts() == ["display.jpg (80 \u00d7 60, 1 kB)", "manifest.json (1 kB)"]
    assert links.first.get_attribute("href").startswith(f"{door.api}/store/")
    expect(page.get_by_role("status")).to_have_text("sea.jpg, one: Done in 2.5 s.")
    expect(page.locator("#summary")).to_have_text("1 of 1 done.")
    assert page.told == []


@pytest.mark.parametrize(
    ("name", "data", "sentence", "again"),
    [
        ("large.png", b"x" * (MOST + 1), "The file has 100,001 bytes; at most 100,000 are accepted.", False),
        ("notes.txt", b"text", "The name ends in no suffix of a photo.", False),
        ("broken.jpg", b"text", "The photo is damaged.", False),
        ("failed.jpg", None, "The photo could not be processed.", True),
    ],
)
def test_a_photo_that_is_refused_says_why(page, name, data, sentence, again):
    choose(page, name, data=data)
    expect(states(page)).to_have_text(sentence)
    expect(page.get_by_role("button", name="Try again")).to_have_count(int(again))
    expect(page.locator("#summary")).to_have_text("0 of 1 done, 1 with a problem.")


def test_the_same_photo_is_sent_once(page, door):
    choose(page, "sea.jpg", data=photo())
    choose(page, "copy of sea.jpg", data=photo())
    sentence = "This is the same photo as sea.jpg, which is on this page already."
    expect(states(page)).to_have_text([sentence, "Done in 2.5 s."])
    assert len(door.photos) == 1


def test_an_expired_link_can_be_asked_for_again(page, door):
    choose(page, "late.jpg")
    expect(states(page)).to_have_text("The link for this upload has expired. Try again to get a new one.")
    page.get_by_role("button", name="Try again: late.jpg, one").click()
    expect(states(page)).to_have_text("Done in 2.5 s.")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    expect(page.locator("#summary")).to_have_text("1 of 1 done.")
    assert [len(each.data) > 0 for each in door.photos.values()] == [False, True]


def test_a_lost_connection_is_waited_for(page, door):
    page.context.set_offline(True)
    choose(page, "sea.jpg")
    expect(states(page)).to_have_text("The connection is lost. Trying again.")
    page.context.set_offline(False)
    expect(states(page)).to_have_text("Done in 2.5 s.")
    assert len(door.photos) == 1


@pytest.mark.parametrize("name", ["cut.jpg", "busy.jpg", "full.jpg"])
def test_what_got_no_answer_is_asked_again(page, door, name):
    choose(page, name)
    expect(states(page)).to_have_text("Done in 2.5 s.", timeout=20_000)
    assert [len(each.data) > 0 for each in door.photos.values()] == [True]


def test_fifty_photos_at_once_are_sent_a_few_at_a_time(page, door):
    choose(page, *(f"photo {at}.jpg" for at in range(50)))
    expect(page.locator("#summary")).to_have_text("50 of 50 done.", timeout=60_000)
    assert len(door.photos) == 50
    assert door.most <= 4


def test_who_waits_for_a_person_keeps_no_other_waiting(page):
    choose(page, *(f"wait {at}.jpg" for at in range(5)), "sea.jpg")
    expect(page.locator("#summary")).to_have_text("1 of 6 done, 5 under way.")
    waiting = page.get_by_text("Waiting for a person to decide.")
    expect(waiting).to_have_count(5)


def test_a_hostile_name_is_text(page, door):
    name = '"><img src=x onerror="document.title=1">\u202e.jpg'
    choose(page, name)
    expect(states(page)).to_have_text("Done in 2.5 s.")
    assert page.title() == "Twinlens"
    assert name in page.locator("h2").inner_text()
    assert [each.told["name"] for each in door.photos.values()] == [name.replace("\u202e", "_")]
    assert page.told == []


def test_the_page_runs_no_script_but_its_own_and_reaches_no_other_origin(page, site):
    outcomes = page.evaluate("""async () => {
      const tries = [
        () => { document.createElement("script").textContent = "document.title = 1" },
        () => { document.body.innerHTML = "<p>" },
        () => { document.body.setAttribute("onclick", "document.title = 1") },
        () => fetch("http://127.0.0.1:9/"),
      ];
      const outcomes = [];
      for (const each of tries) {
        try { await each(); outcomes.push("done") } catch { outcomes.push("refused") }
      }
      return outcomes;
    }""")
    assert outcomes == ["refused"] * 4
    assert any("Content Security Policy" in told and "127.0.0.1:9" in told for told in page.told), page.told


def test_the_server_answers_under_no_other_name_and_leaves_no_folder(site):
    port = site.rpartition(":")[2]
    assert requests.get(site).status_code == 200
    assert requests.get(site, headers={"Host": f"evil.example:{port}"}).status_code == 404
    for path in ("/../server.py", "/%2e%2e/server.py", "/page/index.html", "/nothing"):
        answer = requests.get(f"{site}{path}")
        assert (answer.status_code, answer.text) == (404, "Not found.\n")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_the_page_is_accessible(browser, site, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(site)
    page.wait_for_load_state("networkidle")
    choose(page, "a photo with a long name " * 4 + ".jpg", "broken.jpg", "failed.jpg", "wait.jpg")
    expect(page.locator("#summary")).to_have_text("1 of 4 done, 2 with a problem, 1 under way.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "choose"
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"]) for each in found if each["impact"] in SERIOUS] == []
    context.close()
