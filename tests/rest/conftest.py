"""What several tests of REST begin with."""

import pytest

from tests.rest.town import Town, settle
from tests.support.running import Chat


@pytest.fixture
async def town(chat_on_each: Chat) -> Town:
    return await settle(chat_on_each)
