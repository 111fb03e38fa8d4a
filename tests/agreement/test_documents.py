"""The bundles that are served are made of the sources as they are, and the sources are sound."""

from altlas_chat.contract.bundling import stale_bundles
from altlas_chat.contract.documents import asyncapi_bytes, openapi_bytes
from altlas_chat.data import data_folder
from altlas_chat.toolkit.validating.own import validate_own
from tests.support.running import Chat


def test_the_bundles_are_fresh() -> None:
    assert not stale_bundles(data_folder("contracts"))


def test_the_contract_is_valid() -> None:
    assert not [str(finding) for report in validate_own() for finding in report.findings]


async def test_the_server_serves_the_bundles(chat: Chat) -> None:
    for name, expected in (("openapi", openapi_bytes()), ("asyncapi", asyncapi_bytes())):
        async with chat.http.get(f"{chat.url}/v1/{name}.json") as response:
            assert (response.status, await response.read()) == (200, expected)
