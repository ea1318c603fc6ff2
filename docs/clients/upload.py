"""Send a photo through a front door and print where the results are: python upload.py API PHOTO."""

import mimetypes
import sys
import time
from pathlib import Path

import requests


def ask(method: str, url: str, **more: object) -> requests.Response:
    """Return an answer; a refusal ends the program with its sentence."""
    answer = requests.request(method, url, timeout=60, **more)
    return answer if answer.ok else sys.exit(f"{answer.status_code}: {answer.text}")


api, path = sys.argv[1], Path(sys.argv[2])
told = {"name": path.name, "bytes": path.stat().st_size, "type": mimetypes.guess_type(path)[0]}
upload = ask("POST", f"{api}/uploads", json=told).json()
ask(data=path.read_bytes(), **upload["upload"])

job, headers = {"ended": False}, {"Twinlens-Handle": upload["handle"]}
while not job["ended"]:
    answer = ask("GET", f"{api}/jobs/{upload['id']}?wait=20", headers=headers)
    time.sleep(int(answer.headers.get("Retry-After", 0)))
    if answer.status_code == 200:
        job, headers["If-None-Match"] = answer.json(), answer.headers["ETag"]
if job["problem"]:
    sys.exit(job["problem"]["message"])
print(*(f"{result['name']} {result['url']}" for result in job["results"]), sep="\n")
