"""Run the local Azure host until it is told to stop by SIGTERM or SIGINT.

The environment variables of :mod:`local.azure.control` contain its secrets.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import threading
from pathlib import Path

from local.azure.control import CONTROL_TOKEN, STORAGE_KEY, ControlServer
from local.azure.host import Host
from local.azure.storage import Storage


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m local.azure", description=__doc__)
    parser.add_argument(
        "--control-port", type=int, required=True, help="port of the control API on 127.0.0.1"
    )
    parser.add_argument("--state", type=Path, required=True, help="folder for unpacked apps and their logs")
    parser.add_argument("--blob", required=True, help="Azurite's blob service, without an account")
    parser.add_argument("--queue", required=True, help="Azurite's queue service, without an account")
    parser.add_argument("--table", required=True, help="Azurite's table service, without an account")
    parser.add_argument("--accounts", required=True, help="the accounts' names, separated by commas")
    parser.add_argument(
        "--azurite-log", type=Path, required=True, help="file that Azurite's access log goes to"
    )
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal arrives, then leave no process behind."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    storage = Storage(
        blob=options.blob.rstrip("/"),
        queue=options.queue.rstrip("/"),
        table=options.table.rstrip("/"),
        key=os.environ[STORAGE_KEY],
        accounts=tuple(options.accounts.split(",")),
    )
    host = Host(storage, options.state.absolute(), options.azurite_log)
    await host.restore()
    control = ControlServer(options.control_port, host, loop, os.environ[CONTROL_TOKEN])
    threading.Thread(target=control.serve_forever, daemon=True).start()
    logging.info("The local Azure host listens on http://127.0.0.1:%d", control.server_port)
    await done.wait()
    await asyncio.to_thread(control.shutdown)
    await host.stop()


def main() -> None:
    """Run the daemon."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("azure", "durabletask"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    asyncio.run(serve(arguments()))


if __name__ == "__main__":
    main()
