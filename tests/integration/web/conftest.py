"""The page in a browser, in front of front doors in this process."""

import socket
import threading
from contextlib import contextmanager

import pytest
from fake_front_door import FakeDoor, fake_server

from web.server import origin, serve


@contextmanager
def running(server):
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def door():
    """A front door, with ``api`` as its address."""
    made = FakeDoor()
    with running(fake_server(made)) as server:
        made.api = origin(server)
        yield made


@pytest.fixture
def site(door):
    """The page's address, for this front door under two names."""
    with running(serve({"one": door.api}, [door.api], 0)) as server:
        door.origin = origin(server)
        yield door.origin


@pytest.fixture
def page(browser, site):
    """The open page; ``told`` has what the browser complained about."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    opened = context.new_page()
    opened.told = []
    opened.on("console", lambda message: opened.told.append(message.text))
    opened.on("pageerror", lambda error: opened.told.append(str(error)))
    opened.goto(site)
    opened.wait_for_load_state("networkidle")
    yield opened
    context.close()


@pytest.fixture
def free_port():
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
