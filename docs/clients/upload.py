"""Send a photo through a front door and print where the results are: python upload.py API PHOTO."""

import hashlib
import json
import mimetypes
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def ask(address: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[str, bytes]:
    """Return the ETag and the body of an answer; a refusal ends the program with its sentence."""
    try:
        with urlopen(Request(address, data, headers, method=method)) as answer:
            return answer.headers.get("ETag", ""), answer.read()
    except HTTPError as error:
        if error.code == 304:
            return headers["If-None-Match"], b""
        sys.exit(f"{error.code}: {error.read().decode()}")


api, path = sys.argv[1], Path(sys.argv[2])
photo, kind = path.read_bytes(), mimetypes.guess_type(path)[0]
told = {"name": path.name, "bytes": len(photo), "type": kind, "sha256": hashlib.sha256(photo).hexdigest()}
upload = json.loads(ask(f"{api}/uploads", "POST", json.dumps(told).encode())[1])
ask(upload["upload"]["url"], "PUT", photo, **upload["upload"]["headers"])

job, tag = {"ended": False}, ""
while not job["ended"]:
    known = {"Twinlens-Handle": upload["handle"], "If-None-Match": tag}
    tag, body = ask(f"{api}/jobs/{upload['id']}?wait=20", **known)
    job = json.loads(body) if body else job
if job["problem"]:
    sys.exit(job["problem"]["message"])
for result in job["results"]:
    print(result["name"], result["url"])
