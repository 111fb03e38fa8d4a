"""Makes a collection of an OpenAPI document."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin

from altlas_chat.specs.api import Api, Operation, Parameter
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding
from altlas_chat.specs.sampling import Language
from altlas_chat.toolkit.collecting.bodies import is_json, request_body, saved_answers
from altlas_chat.toolkit.collecting.credentials import NOBODY, Wallet
from altlas_chat.toolkit.collecting.requests import (
    Collection,
    Credentials,
    Field,
    Request,
    RequestBody,
    Variable,
    stable_id,
)
from altlas_chat.toolkit.collecting.values import Values, as_text, in_path, simple, spread

BASE = "baseUrl"
OWN_MACHINE = "http://127.0.0.1:8765"
NOT_PARAMETERS = ("accept", "content-type", "authorization")
"""Headers that OpenAPI describes elsewhere: as parameters they are to be ignored."""

TOKENS = ("accessToken", "access_token", "token", "jwt", "id_token", "idToken")
PARAMETER = re.compile(r"\{([^{}]+)\}")

Grouping = Literal["tags", "paths", "none"]


@dataclass(frozen=True, slots=True)
class Choices:
    """How a collection is made.

    ``base_url`` takes the place of the document's server. ``saved``: answers
    are kept beside the requests.
    """

    grouping: Grouping = "tags"
    base_url: str = ""
    saved: bool = True
    seed: int = 0
    language: Language = "en"
    note: str = ""


def collect(document: Document, choices: Choices = Choices()) -> Collection:
    """Every operation of a document as a request that can be sent at once.

    The same document and choices give the same collection, ids included.

    Raises:
        DocumentUnusable: it is no OpenAPI document.
    """
    if document.kind is not Kind.OPENAPI:
        what = "a collection is made of an OpenAPI document, and this is AsyncAPI"
        remedy = "Name the document of the HTTP API."
        raise DocumentUnusable([Finding(document.place(""), "not-openapi", what, remedy)])
    return _Collector(document, choices).collection()


class _Collector:
    def __init__(self, document: Document, choices: Choices) -> None:
        self._document = document
        self._choices = choices
        self._api = Api(document)
        self._values = Values(document, seed=choices.seed, language=choices.language)
        self._wallet = Wallet(self._api)
        self._base = choices.base_url or self._server("/servers")
        self._inlined: dict[str, Variable] = {}

    def collection(self) -> Collection:
        info = _mapping(self._document.data.get("info"))
        title = str(info.get("title") or "API")
        said = info.get("description")
        description = said if isinstance(said, str) else ""
        if self._choices.note:
            description = f"{description}\n\n{self._choices.note}".strip()
        usual = self._wallet.credentials(_alternatives(self._document.data.get("security")))
        requests = tuple(self._request(one, usual) for one in self._api.operations)
        base = Variable(BASE, self._base, "Where the API is.")
        return Collection(
            key=stable_id(title),
            name=title,
            description=description,
            version=str(info.get("version") or ""),
            credentials=usual,
            variables=(base, *self._wallet.variables.values(), *self._inlined.values()),
            folders=self._folders(requests),
            requests=requests,
        )

    def _folders(self, requests: tuple[Request, ...]) -> dict[str, str]:
        """Those that have requests, in the order of the tags, then as they come."""
        used = dict.fromkeys(request.folder for request in requests if request.folder)
        declared: dict[str, str] = {}
        tags = self._document.data.get("tags") if self._choices.grouping == "tags" else ()
        for tag in tags if isinstance(tags, list) else ():
            name = str(_mapping(tag).get("name"))
            if name in used:
                declared[name] = str(tag.get("description") or "")
        return declared | {name: "" for name in used if name not in declared}

    # -- one request -------------------------------------------------------------------

    def _request(self, operation: Operation, usual: Credentials) -> Request:
        credentials = self._wallet.credentials(operation.security)
        body = request_body(operation, self._values)
        path, path_fields = self._path(operation)
        token, keeps = self._token(operation)
        summary = operation.data.get("summary")
        said = operation.data.get("description")
        query = (*self._query(operation), *credentials.query)
        return Request(
            key=operation.name,
            name=str(summary or operation.operation_id or operation.name),
            description=said if isinstance(said, str) else "",
            method=operation.method.upper(),
            base=self._base_of(operation),
            path=path,
            folder=self._folder(operation),
            path_fields=tuple(path_fields),
            query=query,
            headers=(*self._headers(operation, body), *credentials.headers),
            body=body,
            credentials=None if credentials == usual else credentials,
            saved=tuple(saved_answers(operation, self._document, self._values))
            if self._choices.saved
            else (),
            operation_id=operation.operation_id or "",
            token=token,
            keeps=keeps,
        )

    def _folder(self, operation: Operation) -> str:
        if self._choices.grouping == "tags":
            return operation.tags[0] if operation.tags else ""
        if self._choices.grouping == "paths":
            segments = [one for one in operation.path.split("/") if one and "{" not in one]
            return segments[0] if segments else ""
        return ""

    def _path(self, operation: Operation) -> tuple[str, list[Field]]:
        """The path with ``:name`` for a parameter that is a whole segment, else ``{{name}}``."""
        fields = []
        path = operation.path
        named = {one.name: one for one in operation.parameters if one.where == "path"}
        for name in PARAMETER.findall(path):
            parameter = named.get(name)
            value = "" if parameter is None else self._values.of_parameter(operation, parameter)
            text = as_text(value) if parameter is None else in_path(parameter, value)
            about = _about(parameter)
            if f"/{{{name}}}/" in f"{path}/":
                path = f"{path}/".replace(f"/{{{name}}}/", f"/:{name}/").removesuffix("/")
                fields.append(Field(name, text, about))
            else:
                path = path.replace(f"{{{name}}}", f"{{{{{name}}}}}")
                self._inlined.setdefault(name, Variable(name, text, about))
        return path, fields

    def _query(self, operation: Operation) -> Iterator[Field]:
        for one in operation.parameters:
            if one.where == "query":
                value = self._values.of_parameter(operation, one)
                for name, text in spread(one.name, value, one.style, explode=one.explode):
                    yield Field(name, text, _about(one), one.required)

    def _headers(self, operation: Operation, body: RequestBody | None) -> Iterator[Field]:
        accepted = _accepted(operation)
        if accepted:
            yield Field("Accept", accepted)
        if body is not None and body.kind in ("text", "file"):
            yield Field("Content-Type", body.media_type)
        cookies = []
        for one in operation.parameters:
            if one.where == "header" and one.name.lower() not in NOT_PARAMETERS:
                value = self._values.of_parameter(operation, one)
                text = simple(value, explode=one.explode)
                yield Field(one.name, text, _about(one), one.required)
            elif one.where == "cookie":
                cookies.append(one)
        if cookies:
            yield self._cookie(operation, cookies)

    def _cookie(self, operation: Operation, cookies: list[Parameter]) -> Field:
        texts = [
            f"{one.name}={simple(self._values.of_parameter(operation, one), explode=False)}"
            for one in cookies
        ]
        return Field("Cookie", "; ".join(texts), enabled=any(one.required for one in cookies))

    def _token(self, operation: Operation) -> tuple[str, str]:
        """Who logs in has the token from then on: the property of the answer, and the variable."""
        public = self._wallet.credentials(operation.security) == NOBODY
        if operation.method != "post" or not self._wallet.token or not public:
            return "", ""
        for status, answer in operation.answers.items():
            for media in answer.content.values():
                if status.startswith("2") and is_json(media.name):
                    names = self._values.property_schemas(media.schema)
                    found = next((name for name in TOKENS if name in names), "")
                    return found, self._wallet.token if found else ""
        return "", ""

    # -- servers -----------------------------------------------------------------------

    def _base_of(self, operation: Operation) -> str:
        if operation.servers == "/servers" or self._choices.base_url:
            return f"{{{{{BASE}}}}}"
        return self._server(operation.servers)

    def _server(self, pointer: str) -> str:
        """The address of the first server of a list, its variables filled in, without last slash.

        One that is relative begins at the document's own address, or at this
        machine where it has none.
        """
        try:
            servers = self._document.at(pointer)
        except LookupError:
            servers = []
        server = _mapping(servers[0]) if isinstance(servers, list) and servers else {}
        variables = _mapping(server.get("variables"))

        def filled(match: re.Match[str]) -> str:
            return str(_mapping(variables.get(match[1])).get("default", match[1]))

        address = PARAMETER.sub(filled, str(server.get("url") or "/"))
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address):
            source = self._document.source
            start = source if source.startswith(("http://", "https://")) else f"{OWN_MACHINE}/"
            address = urljoin(start, address)
        return address.rstrip("/")


def _accepted(operation: Operation) -> str:
    """What is asked for: JSON before others, of what comes when all is well; "" for nothing."""
    answers = [(status, name) for status, one in operation.answers.items() for name in one.content]
    good = [name for status, name in answers if status.startswith(("2", "default"))]
    offered = good or [name for _, name in answers]
    chosen = next((name for name in offered if is_json(name)), offered[0] if offered else "")
    return "application/json" if chosen == "*/*" else chosen


def _about(parameter: Parameter | None) -> str:
    said = None if parameter is None else parameter.data.get("description")
    return said if isinstance(said, str) else ""


def _alternatives(security: Any) -> list[Mapping[str, list[str]]]:
    found = security if isinstance(security, list) else []
    return [
        {name: scopes if isinstance(scopes, list) else [] for name, scopes in one.items()}
        for one in found
        if isinstance(one, dict)
    ]


def _mapping(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}
