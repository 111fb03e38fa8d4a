"""The demo world as it is written: whole, sound, and with something of everything."""

import re

import pytest
from pydantic import ValidationError

from altlas_chat.domain.accounts import RegisterRequest
from altlas_chat.seeding.story import DEMO_PASSWORD, Scene, Step, load_story

STORY = load_story()
STEPS = [step for scene in STORY.conversations for step in scene.steps]
TEXTS = [step.says for step in STEPS if step.says]


def test_the_people_could_have_registered() -> None:
    for person in STORY.people:
        body = {
            "username": person.username,
            "password": DEMO_PASSWORD,
            "displayName": person.display_name,
            "email": person.email,
            "language": person.language,
        }
        RegisterRequest.model_validate(body)
    assert len({person.username for person in STORY.people}) == len(STORY.people) >= 8
    assert {person.language for person in STORY.people} == {"tr", "en"}


def test_who_acts_is_there() -> None:
    names = {person.username for person in STORY.people}
    for scene in STORY.conversations:
        present = {*scene.people, *(name for step in scene.steps for name in step.adds or ())}
        assert present <= names
        assert {step.by for step in scene.steps} <= present


def test_there_is_something_of_everything() -> None:
    kinds = {step.what for step in STEPS}
    assert kinds >= {"says", "emoji", "location", "forwards", "deletes", "reads", "receives"}
    assert kinds >= {"image", "reacts", "pins", "stars", "drafts", "plans", "finishes"}
    assert any(step.edits for step in STEPS)
    assert any(step.reply_to for step in STEPS)
    assert any("@" in text for text in TEXTS)
    assert any("**" in text for text in TEXTS), "no Markdown"
    assert any("```" in text for text in TEXTS), "no block of code"
    assert all(any(sign in text for text in TEXTS) for sign in "İIıiğşçöü")
    assert any(scene.name is None for scene in STORY.conversations)
    assert any(scene.name is not None for scene in STORY.conversations)


def test_what_is_referred_to_was_said_before() -> None:
    for seed in range(20):
        said: set[str] = set()
        for moment in STORY.timeline(seed):
            step = moment.step
            if step is not None:
                wanted = {step.reply_to, step.edits, step.deletes, step.forwards, step.finishes}
                wanted |= {step.to, step.pins, step.stars, step.plans and step.plans.about}
                assert wanted - {None} <= said, step
                said |= {step.key} if step.key else set()


def test_the_seed_makes_the_pauses_and_not_the_order_within_a_conversation() -> None:
    one, same, other = STORY.timeline(1), STORY.timeline(1), STORY.timeline(2)
    assert one == same
    assert [moment.offset_ms for moment in one] != [moment.offset_ms for moment in other]
    for scene in STORY.conversations:
        first, second = ([m.step for m in line if m.scene == scene] for line in (one, other))
        assert first == second


def test_everything_is_over_before_the_day_of_the_seeding() -> None:
    assert all(moment.offset_ms < 0 for moment in STORY.timeline(1))


def test_keys_are_used_once() -> None:
    keys = [step.key for step in STEPS if step.key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"by": "ayse"}, "exactly one thing"),
        ({"by": "ayse", "says": "a", "emoji": "b"}, "exactly one thing"),
        ({"by": "ayse", "makes": "mehmet"}, "go together"),
        ({"by": "ayse", "emoji": "a", "edits": "b"}, "says the new text"),
        ({"by": "ayse", "reacts": "👍"}, "reacts and to go together"),
        ({"by": "ayse", "sayz": "a"}, "sayz"),
    ],
)
def test_a_mistake_in_a_step_is_found(step: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(why)):
        Step.model_validate(step)


def test_a_mistake_in_a_conversation_is_found() -> None:
    with pytest.raises(ValidationError, match="needs its time"):
        Scene.model_validate(
            {"key": "a", "people": ["b", "c"], "steps": [{"by": "b", "says": "d"}]}
        )
    with pytest.raises(ValidationError, match="has two people"):
        Scene.model_validate(
            {"key": "a", "people": ["b"], "steps": [{"at": "-1 09:00", "by": "b", "says": "d"}]}
        )
