"""The Durable SDK's import, each time in a process of its own."""

import json
import os
import ssl
import subprocess
import sys

import certifi
import pytest

PROGRAM = """
import json, os, ssl
from handlers.azure.durable import durable
from aiohttp.connector import _SSL_CONTEXT_VERIFIED as made
names = [durable.__name__, os.environ.get("SSL_CERT_FILE")]
others = ssl.create_default_context().cert_store_stats()["x509_ca"]
print(json.dumps([*names, made.cert_store_stats()["x509_ca"], made.verify_mode == ssl.CERT_REQUIRED, others]))
"""


@pytest.mark.parametrize("file", [certifi.where(), None])
def test_importing_it_reads_no_certificates_and_leaves_the_variable_as_it_was(file):
    variables = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    given = variables | ({"SSL_CERT_FILE": file} if file else {})
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=given, capture_output=True, check=True)
    name, variable, read, strict, others = json.loads(done.stdout)
    assert (name, variable, read, strict) == ("azure.durable_functions", file, 0, True)
    if file:
        assert others > 0


def test_openssl_calls_its_file_so():
    from handlers.azure.durable import VARIABLE

    assert ssl.get_default_verify_paths().openssl_cafile_env == VARIABLE
