"""An OpenID Connect issuer on loopback, with keys and a certificate that are drawn when it starts."""

import json
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import certifi
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

HOST, KEY_ID = "127.0.0.1", "1"
# The variables by which urllib and requests find whom to trust.
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class Issuer:
    """Makes tokens; ``url`` is its name and address, ``trusted`` a file of authorities with its own."""

    def __init__(self, url: str, trusted: Path) -> None:
        self.url = url
        self.trusted = trusted
        self.key, self.another_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))

    def token(self, subject="alice", audience="photos", *, key=None, seconds=600, **changed):
        """Return a token, as of a moment ago, with other claims if they are given."""
        now = int(time.time()) - 5
        claims = {"iss": self.url, "sub": subject, "aud": audience, "iat": now, "exp": now + seconds}
        return jwt.encode(claims | changed, key or self.key, "RS256", headers={"kid": KEY_ID})

    def documents(self):
        """Return what it serves, by path."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        keys = {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}
        told = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        return {"/.well-known/openid-configuration": told, "/keys": keys}


@contextmanager
def running_issuer(folder):
    """Run an issuer for the block; its certificate is in the folder."""
    certificate = _certificate(folder)
    server = ThreadingHTTPServer((HOST, 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusted = folder / "trusted.pem"
    own = certificate.read_text().partition("-----BEGIN RSA")[0]
    trusted.write_text(Path(certifi.where()).read_text() + own)
    issuer = Issuer(f"https://{HOST}:{server.server_port}", trusted)
    documents = issuer.documents()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            told = documents.get(self.path)
            self.send_response(200 if told else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_):
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate(folder):
    """Write a key and a certificate for the loopback address, its own authority; return the file."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer of tokens for tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    path = folder / "issuer.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    path.chmod(0o600)
    return path
