"""Run MiniStack with changes that bring it closer to AWS; a program for MiniStack's interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from ministack import app

# At the end of the path, where the project's folders do not shadow other modules.
sys.path.append(str(Path(__file__).parents[2]))

from local.ministack import (
    door,
    durable,
    function_urls,
    keeping,
    lambda_errors,
    log_keys,
    maps,
    requests,
    retries,
    roles,
    throttling,
    turns,
    unpacking,
)

if __name__ == "__main__":
    lambda_errors.repair()
    retries.wait()
    requests.check()
    turns.take()
    turns.be_patient()
    unpacking.share()
    throttling.throttle()
    maps.evaluate()
    log_keys.associate()
    log_keys.name_deliveries()
    function_urls.restrict()
    if app.AUTH:
        roles.obey()
    durable.execute(roles.allows if app.AUTH else None)
    keeping.begin()
    door.guard()
    app.main()
