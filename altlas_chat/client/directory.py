"""Finds the conversation and the people that somebody names."""

from typing import Any
from urllib.parse import quote

from altlas_chat.client.api import Api
from altlas_chat.client.errors import ClientError, Refused
from altlas_chat.client.plain_text import plain
from altlas_chat.domain.text import folded

Json = dict[str, Any]
_NAMED = 12


class NotFound(ClientError):
    """There is nobody or nothing of that name; ``remedy`` says what there is."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


def title_of(view: Json) -> str:
    """What a conversation is called by the one who sees it."""
    name = view["name"] or (view.get("peer") or {}).get("displayName")
    return plain(name or view["id"])


class Directory:
    """A person's conversations at this moment, and who is in them."""

    def __init__(self, api: Api, conversations: list[Json]) -> None:
        self._api = api
        self._conversations = conversations

    @classmethod
    async def load(cls, api: Api) -> "Directory":
        """What the logged-in person belongs to."""
        snapshot = await api.call("GET", "/sync")
        return cls(api, snapshot["conversations"])

    @property
    def conversations(self) -> list[Json]:
        """As they were when the directory was loaded, the latest active first."""
        return list(self._conversations)

    def titles(self) -> str:
        """The conversations, the latest active first, in words."""
        named = [title_of(view) for view in self._conversations]
        more = [f"and {len(named) - _NAMED} more"] if len(named) > _NAMED else []
        return ", ".join(named[:_NAMED] + more) or "none"

    def conversation(self, name: str) -> Json:
        """A conversation by its id or title, or by the beginning of its title.

        Raises:
            NotFound: there is none, or more than one.
        """
        for view in self._conversations:
            if view["id"] == name:
                return view
        key = folded(name.strip())
        titled = [(folded(title_of(view)), view) for view in self._conversations]
        found = [view for title, view in titled if title == key]
        found = found or [view for title, view in titled if key and title.startswith(key)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(f"{title_of(view)} ({view['id']})" for view in found[:_NAMED])
            raise NotFound(
                f"“{plain(name)}” may be more than one conversation.", f"Name its id: {ids}"
            )
        raise NotFound(f"There is no conversation “{plain(name)}”.", f"There are: {self.titles()}.")

    async def direct_with(self, name: str) -> Json:
        """The direct conversation with somebody, begun if there is none yet.

        The person is looked for among those with whom there is one, then in
        groups, then among all people.

        Raises:
            NotFound: there is nobody of that name.
        """
        for view in self._conversations:
            if view.get("peer") is not None and _is_called(view["peer"], name):
                return view
        person = await self._in_groups(name) or await self._anywhere(name)
        if person is None:
            raise NotFound(
                f"There is nobody called “{plain(name)}”.",
                f"Give a user name or an id. Conversations: {self.titles()}.",
            )
        return await self._api.call("POST", "/conversations", {"userId": person["id"]})

    async def _in_groups(self, name: str) -> Json | None:
        for view in self._conversations:
            if view["kind"] == "group":
                for person in await load_members(self._api, view["id"]):
                    if _is_called(person, name):
                        return person
        return None

    async def _anywhere(self, name: str) -> Json | None:
        try:
            query: dict[str, str | int] = {"q": name[:100], "kind": "user", "limit": 100}
            found = await self._api.call("GET", "/users/search", query=query)
        except Refused:
            found = {"items": []}  # not every server can search
        for hit in found["items"]:
            if hit.get("user") is not None and _is_called(hit["user"], name):
                return dict(hit["user"])
        try:
            return await self._api.call("GET", f"/users/{quote(name, safe='')}")
        except Refused:
            return None


def _is_called(person: Json, name: str) -> bool:
    names = (person["username"], person["displayName"])
    return name == person["id"] or folded(name.strip()) in [folded(one) for one in names]


async def load_members(api: Api, conversation_id: str) -> list[Json]:
    """Everybody in a conversation."""
    people: list[Json] = []
    query: dict[str, str | int] = {"limit": 200}
    while True:
        path = f"/conversations/{conversation_id}/members"
        page = await api.call("GET", path, query=query)
        people += [member["user"] for member in page["items"]]
        if page["nextCursor"] is None:
            return people
        query["cursor"] = page["nextCursor"]
