"""A store that speaks S3's language, on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp
import pytest

from altlas_chat.blobs.s3 import S3Access
from tests.support.running import Chat


@dataclass(frozen=True)
class Bucket:
    """An empty bucket, and how to get there."""

    url: str
    access: S3Access

    @property
    def settings(self) -> dict[str, str | None]:
        """Those of a server that keeps its files there."""
        return {
            "files": self.url,
            "s3_endpoint": self.access.endpoint,
            "s3_region": self.access.region,
            "s3_access_key": self.access.access_key,
            "s3_secret_key": self.access.secret_key,
        }

    async def keys(self, chat: Chat) -> list[str]:
        """What a server keeps there."""
        return [key async for key, _ in chat.running.parts.deps.blobs.listed()]


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow, and few tests need it

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def bucket(store: str) -> Bucket:
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{store}/moto-api/reset") as response:
            assert response.status == 200
        async with http.put(f"{store}/chat") as response:
            assert response.status == 200
    return Bucket("s3://chat/some/place", S3Access(store, "us-east-1", "me", "secret"))
