"""What the JavaScript client alone has: tokens of the platform, tabs that share a session, its stores."""

import asyncio
import json
from asyncio.subprocess import PIPE
from typing import Any

from altlas_chat.data import client_folder
from tests.client.test_api import expired
from tests.support.devices import PASSWORD
from tests.support.driving import node
from tests.support.running import Chat

_BEGIN = """
const { Chat, LocalSessions, LocalStore, LoggedOut } = await import(process.argv[1]);
const [url, words] = [process.argv[2], JSON.parse(process.argv[3])];
const backoff = { firstMs: 20, longestMs: 200 };
const once = (chat, name) => new Promise((resolve) => chat.on(name, resolve));
const tell = (what) => console.log(JSON.stringify(what));
"""


async def run(chat: Chat, script: str, **words: Any) -> Any:
    """Run a script in Node.js; what it told last."""
    arguments = [(client_folder() / "client.js").as_uri(), chat.url, json.dumps(words)]
    command = [*node(), "--input-type=module", "-e", _BEGIN + script, *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(30):
        told, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    assert not complaints, complaints.decode()
    return json.loads(told)


async def test_tokens_of_the_platform_take_the_place_of_a_session(chat: Chat) -> None:
    mehmet = await chat.person("mehmet")
    script = """
      const asked = [];
      const getToken = async (isStale) => (asked.push(isStale), isStale ? words.fresh : words.stale);
      const chat = new Chat(url, { getToken, backoff });
      await chat.start();
      await once(chat, "ready");
      tell({ asked, name: chat.state.user.username, isLoggedIn: chat.isLoggedIn });
      chat.close();
    """
    told = await run(chat, script, fresh=mehmet.token, stale=expired(chat, mehmet.token))
    assert told == {"asked": [False, True], "name": "mehmet", "isLoggedIn": True}


async def test_a_websocket_can_be_given_and_is_asked_for_where_there_is_none(chat: Chat) -> None:
    await chat.person("mehmet")
    script = """
      const given = globalThis.WebSocket;
      delete globalThis.WebSocket;
      let chat = new Chat(url, { backoff });
      await chat.logIn("mehmet", words.password);
      const without = await chat.start().catch((error) => error.message);
      chat = new Chat(url, { backoff, WebSocket: given });
      await chat.logIn("mehmet", words.password);
      await chat.start();
      await once(chat, "ready");
      tell({ without, status: chat.status });
      chat.close();
    """
    told = await run(chat, script, password=PASSWORD)
    assert told["without"].startswith("there is no WebSocket here")
    assert told["status"] == "online"


async def test_tabs_share_a_session_and_one_of_them_refreshes_it(chat: Chat) -> None:
    await chat.person("mehmet")
    script = """
      const kept = new Map();
      const storage = {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
        removeItem: (key) => void kept.delete(key),
      };
      const open = () => new Chat(url, { sessions: new LocalSessions("s", storage), backoff });
      const first = open();
      await first.logIn("mehmet", words.password);
      const second = open();
      const before = second.api.session.refreshToken;
      await first.api.refresh(first.api.token);
      second.api.token = "stale";
      await second.api.refresh("stale");
      const shares = second.api.token === first.api.token && second.api.session.refreshToken !== before;
      await first.logOut();
      tell({ shares, kept: kept.size, isLoggedIn: open().isLoggedIn });
    """
    told = await run(chat, script, password=PASSWORD)
    assert told == {"shares": True, "kept": 0, "isLoggedIn": False}


async def test_many_who_meet_an_expired_token_refresh_it_once(chat: Chat) -> None:
    mehmet = await chat.person("mehmet")
    script = """
      let refreshes = 0;
      const counting = (address, options) => {
        refreshes += address.endsWith("/auth/refresh");
        return fetch(address, options);
      };
      const chat = new Chat(url, { fetch: counting, backoff });
      await chat.logIn("mehmet", words.password);
      chat.api.token = words.stale;
      const people = await Promise.all(Array.from({ length: 10 }, () => chat.call("GET", "/users/me")));
      tell({ refreshes, names: [...new Set(people.map((one) => one.username))] });
    """
    told = await run(chat, script, password=PASSWORD, stale=expired(chat, mehmet.token))
    assert told == {"refreshes": 1, "names": ["mehmet"]}


async def test_a_listener_that_fails_harms_nobody_else(chat: Chat) -> None:
    await chat.person("mehmet")
    script = """
      const failures = [];
      process.on("uncaughtException", (error) => failures.push(error.message));
      const chat = new Chat(url, { backoff });
      await chat.logIn("mehmet", words.password);
      chat.on("ready", () => { throw new Error("mine"); });
      const heard = once(chat, "ready");
      await chat.start();
      await heard;
      await new Promise((resolve) => setTimeout(resolve));
      tell({ failures, status: chat.status });
      chat.close();
    """
    told = await run(chat, script, password=PASSWORD)
    assert told == {"failures": ["mine"], "status": "online"}
