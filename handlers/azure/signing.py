"""Sign addresses of blobs."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from azure.storage.blob import BlobSasPermissions, BlobServiceClient, UserDelegationKey, generate_blob_sas

from core.front_door.ports import SignedUpload
from handlers.azure import clients
from handlers.azure.errors import translated

RESULT_SECONDS = 3600
# How long a key is used to sign, and how much longer it is valid: no address outlives its key.
KEY_SECONDS = 4 * 3600


class BlobSigner:
    """See :class:`core.front_door.ports.Signer`; ``public`` is where outputs are public, if they are.

    It signs with a key that is made for the app's identity, or with the account's key on an emulator.
    """

    def __init__(self, service: BlobServiceClient, uploads: str, outputs: str, public: str) -> None:
        self._service = service
        self._uploads = uploads
        self._outputs = outputs
        self._public = public
        self._key: UserDelegationKey | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def upload(
        self, key: str, size: int, content_type: str, sha256: str | None, expires: datetime
    ) -> SignedUpload:
        """Sign the creation of one blob, which refuses a second one, with its size and type.

        An address that the account's key signs binds no headers: the job of another upload is rejected.
        Azure's checksum is an MD5, which is not asked for: whoever declares a SHA-256 has it bound on AWS.
        """
        bound = {"Content-Length": str(size), "Content-Type": content_type}
        url = self._signed(self._uploads, key, BlobSasPermissions(create=True), expires, bound)
        return SignedUpload(url, {"Content-Type": content_type, "x-ms-blob-type": "BlockBlob"})

    def result(self, key: str) -> str:
        """Return the public address, or one that is signed for an hour."""
        if self._public:
            return f"{self._public}/{key}"
        ends = datetime.now(UTC) + timedelta(seconds=RESULT_SECONDS)
        return self._signed(self._outputs, key, BlobSasPermissions(read=True), ends)

    def _signed(
        self,
        container: str,
        key: str,
        permission: BlobSasPermissions,
        expires: datetime,
        bound: dict[str, str] | None = None,
    ) -> str:
        account = clients.account(self._service.url)
        secret = os.environ.get(clients.KEY)
        if secret:
            signature = generate_blob_sas(
                account, container, key, account_key=secret, permission=permission, expiry=expires
            )
        else:
            signature = generate_blob_sas(
                account,
                container,
                key,
                user_delegation_key=self._delegated(),
                permission=permission,
                expiry=expires,
                request_headers=bound,
            )
        return f"{self._service.get_blob_client(container, key).url}?{signature}"

    def _delegated(self) -> UserDelegationKey:
        moment = datetime.now(UTC)
        if self._key is None or moment > self._until:
            ends = moment + timedelta(seconds=2 * KEY_SECONDS)
            with translated("the key that signs addresses"):
                self._key = self._service.get_user_delegation_key(moment - timedelta(minutes=5), ends)
            self._until = moment + timedelta(seconds=KEY_SECONDS)
        return self._key
