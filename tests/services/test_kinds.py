"""Each kind of message has its own content and rules."""

import pytest

from altlas_chat.domain.errors import ValidationFailed
from altlas_chat.domain.inputs import check_input
from altlas_chat.domain.messages import MessageDraft
from altlas_chat.services.drafts import check_draft


def test_content_is_what_its_kind_says() -> None:
    base = {"conversationId": "c", "clientId": "1"}
    with pytest.raises(ValidationFailed) as refused:
        check_input(
            MessageDraft,
            {**base, "kind": "location", "content": {"latitude": 91, "longitude": 0}},
        )
    assert [one.pointer for one in refused.value.errors] == ["/content/latitude"]
    with pytest.raises(ValidationFailed):
        check_input(MessageDraft, {**base, "kind": "location", "content": {"durationMs": 1}})
    for content in ({"latitude": 1, "longitude": 1}, None):
        draft = check_input(MessageDraft, {**base, "kind": "location", "content": content})
        if content is None:
            with pytest.raises(ValidationFailed):
                check_draft(draft, 10)
        else:
            check_draft(draft, 10)
    emoji = check_input(MessageDraft, {**base, "kind": "emoji", "text": "evet 👍"})
    with pytest.raises(ValidationFailed) as refused:
        check_draft(emoji, 10)
    assert refused.value.errors[0].code == "NO_EMOJI"
