"""The Durable SDK, imported without the certificates that it never looks at.

It calls its host, on this same machine, over plain HTTP with aiohttp. As aiohttp is imported, it makes a TLS
context; and where the system keeps all authorities in one file, reading them takes a tenth of a worker's
start.
"""

import os

VARIABLE = "SSL_CERT_FILE"  # OpenSSL's own name for that file's place

_held = os.environ.get(VARIABLE)
os.environ[VARIABLE] = os.devnull
try:
    import azure.durable_functions as durable
finally:
    if _held is None:
        del os.environ[VARIABLE]
    else:
        os.environ[VARIABLE] = _held

__all__ = ["durable"]
