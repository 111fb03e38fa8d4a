"""In which language somebody is answered, over REST and on a socket."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from altlas_chat.domain.errors import ALL_ERRORS
from altlas_chat.figures import Requests
from altlas_chat.rest.middlewares import manners
from tests.support.running import Chat, Person, ServeChat
from tests.support.sentences import all_templates


async def refused(
    chat: Chat, path: str, person: Person | None = None, **headers: str
) -> tuple[dict[str, Any], str]:
    """A refusal, and the language that its header names."""
    if person is not None:
        headers["Authorization"] = f"Bearer {person.token}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with chat.http.get(chat.url + path, headers=named) as response:
        assert "Accept-Language" in ", ".join(response.headers.getall("Vary"))
        return await response.json(content_type=None), response.headers["Content-Language"]


async def speaks(person: Person, language: str) -> None:
    await person.gets("PUT", "/users/me", {"language": language})


@pytest.mark.parametrize(
    ("asked", "language"),
    [("tr-TR,tr;q=0.9,en;q=0.8", "tr"), ("en", "en"), ("*", "en"), (",;q=x", "en"), ("fr", "en")],
)
async def test_who_is_nobody_is_answered_as_the_header_asks(
    chat: Chat, asked: str, language: str
) -> None:
    problem, told = await refused(chat, "/v1/nothing", Accept_Language=asked)
    words = {"en": "There is nothing at this address", "tr": "Bu adreste bir şey yok"}
    assert (problem["title"], told) == (words[language], language)
    assert problem["code"] == "RESOURCE_NOT_FOUND"


async def test_a_person_is_answered_in_the_own_language(chat_on_each: Chat) -> None:
    ayse = await chat_on_each.person("ayse")
    for language in ("tr", "en", "tr"):
        await speaks(ayse, language)
        assert (await refused(chat_on_each, "/v1/users/none", ayse))[1] == language
        assert (await refused(chat_on_each, "/v1/users/none", ayse, Accept_Language="*"))[
            1
        ] == language
    asked = await refused(chat_on_each, "/v1/users/none", ayse, Accept_Language="en-GB")
    assert (asked[0]["title"], asked[1]) == ("There is no such user", "en")


async def test_every_part_of_a_refusal_is_in_the_language(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    await speaks(ayse, "tr")
    _, problem = await ayse.call("POST", "/groups", {"name": 5, "extra": 1, "memberIds": "x"})
    english = all_templates()
    said = [problem["title"], problem["detail"], problem["remedy"]]
    said += [one["detail"] for one in problem["errors"]]
    assert len(problem["errors"]) == 3
    assert not english & set(said)
    assert "Değer bir metin olmalıdır" in said


async def test_what_the_server_speaks_to_those_who_choose_none(serve_chat: ServeChat) -> None:
    chat = await serve_chat(default_language="tr")
    assert (await refused(chat, "/v1/nothing"))[1] == "tr"
    assert (await refused(chat, "/v1/nothing", Accept_Language="en"))[1] == "en"


async def test_every_code_in_both_languages(chat: Chat) -> None:
    """The way of every refusal from where it is raised to the bytes on the line."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        raise ALL_ERRORS[request.match_info["code"]]

    app = web.Application(middlewares=[manners(chat.running.parts.deps, (), Requests())])
    app.router.add_get("/{code}", refuse)
    async with TestClient(TestServer(app)) as client:
        for code, refusal in ALL_ERRORS.items():
            for language in ("en", "tr"):
                answer = await client.get(f"/{code}", headers={"Accept-Language": language})
                problem = await answer.json(content_type="application/problem+json")
                request_id = answer.headers["X-Request-Id"]
                assert problem == refusal().as_problem(request_id, language)
                assert (problem["code"], answer.status) == (code, refusal.status)
                assert answer.headers["Content-Language"] == language
                is_english = problem["title"] == refusal.title
                assert is_english == (language == "en"), code


async def test_refusals_on_a_socket_are_in_the_persons_language(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    await speaks(ayse, "tr")
    wire = await ayse.connects()
    error = await wire.asks("message.send", {"nothing": 1})
    assert error["data"]["code"] == "VALIDATION_ERROR"
    assert error["data"]["title"] == "Girdi geçerli değil"
    assert {one["detail"] for one in error["data"]["errors"]} >= {"Bu alan zorunludur"}


async def test_system_messages_are_told_in_the_readers_language(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await speaks(ayse, "tr")
    await speaks(mehmet, "en")
    wire = await mehmet.connects()
    group = await chat.group(ayse, mehmet)
    heard = await wire.next_of("conversation.joined")
    assert heard["data"]["conversation"]["lastMessage"]["text"] == "The group was created"
    for person, text in ((ayse, "Grup oluşturuldu"), (mehmet, "The group was created")):
        page = await person.gets("GET", f"/conversations/{group}/messages")
        assert [one["text"] for one in page["items"]] == [text]
        one = await person.gets("GET", f"/messages/{page['items'][0]['id']}")
        assert one["text"] == text
        view = await person.gets("GET", f"/conversations/{group}")
        assert view["lastMessage"]["text"] == text
        (view,) = (await person.gets("GET", "/conversations"))["items"]
        assert view["lastMessage"]["text"] == text
        (view,) = (await person.gets("GET", "/sync"))["conversations"]
        assert view["lastMessage"]["text"] == text


async def test_what_a_person_wrote_is_never_translated(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await speaks(mehmet, "tr")
    room = await chat.direct(ayse, mehmet)
    text = "The group was created"
    await ayse.gets("POST", "/messages", {"conversationId": room, "clientId": "1", "text": text})
    (message,) = (await mehmet.gets("GET", f"/conversations/{room}/messages"))["items"]
    assert message["text"] == text


async def test_notifications_are_told_in_the_readers_language(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await speaks(mehmet, "tr")
    await chat.group(ayse, mehmet, name="Kahve")
    (notification,) = (await mehmet.gets("GET", "/notifications"))["items"]
    assert notification["title"] == "Ayse sizi Kahve grubuna ekledi"
    await speaks(mehmet, "en")
    (notification,) = (await mehmet.gets("GET", "/notifications"))["items"]
    assert notification["title"] == "Ayse added you to the group Kahve"
    read = await mehmet.gets("PUT", f"/notifications/{notification['id']}/read")
    assert "Kahve" in str(read)
