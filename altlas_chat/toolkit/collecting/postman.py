"""A collection as Postman reads it: Collection Format 2.1, and an environment."""

from collections.abc import Sequence
from typing import Any

from altlas_chat.specs.documents import Json
from altlas_chat.toolkit.collecting.bodies import is_json, phrase_of, plain
from altlas_chat.toolkit.collecting.requests import (
    Collection,
    Credentials,
    Field,
    Request,
    RequestBody,
    SavedAnswer,
    stable_id,
)

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
LANGUAGES = {"application/xml": "xml", "text/xml": "xml", "text/html": "html"}


def as_postman(collection: Collection) -> Json:
    """The collection, in the order of the document; ids are the same each time."""
    info = {
        "_postman_id": collection.key,
        "name": collection.name,
        "description": _description(collection),
        "schema": SCHEMA,
    }
    folders = [
        {
            "id": stable_id(collection.name, "folder", name),
            "name": name,
            "description": about,
            "item": _items(collection, name),
        }
        for name, about in collection.folders.items()
    ]
    return {
        "info": info,
        "item": [*folders, *_items(collection, "")],
        "auth": _auth(collection.credentials),
        "variable": [
            {
                "id": stable_id(collection.name, "variable", one.name),
                "key": one.name,
                "value": one.value,
                "type": "string",
                "description": one.description,
            }
            for one in collection.variables
        ],
    }


def as_environment(collection: Collection) -> Json:
    """An environment with a value for each variable of the collection."""
    return {
        "id": stable_id(collection.name, "environment"),
        "name": collection.name,
        "values": [
            {
                "key": one.name,
                "value": one.value,
                "type": "secret" if one.secret else "default",
                "enabled": True,
            }
            for one in collection.variables
        ],
        "_postman_variable_scope": "environment",
    }


def _description(collection: Collection) -> str:
    version = f"Version {collection.version}." if collection.version else ""
    return "\n\n".join(part for part in (collection.description.strip(), version) if part)


def _items(collection: Collection, folder: str) -> list[Json]:
    return [_item(collection, one) for one in collection.requests if one.folder == folder]


def _item(collection: Collection, request: Request) -> Json:
    sent = _request(request)
    item: Json = {
        "id": stable_id(collection.name, request.key),
        "name": request.name,
        "request": sent,
        "response": _saved(collection, request, sent),
    }
    if request.token:
        script = {"type": "text/javascript", "exec": keeping_token(request)}
        item["event"] = [{"listen": "test", "script": script}]
    if request.body is not None and request.method in ("GET", "HEAD"):
        item["protocolProfileBehavior"] = {"disableBodyPruning": True}
    return item


def keeping_token(request: Request) -> list[str]:
    """The script that keeps the token of an answer; in the environment, too, if that has one."""
    variable, name = request.keeps, request.token
    return [
        f"const token = pm.response.code < 300 && pm.response.json().{name};",
        "if (token) {",
        f'    pm.collectionVariables.set("{variable}", token);',
        f'    if (pm.environment.has("{variable}")) pm.environment.set("{variable}", token);',
        "}",
    ]


def _request(request: Request) -> Json:
    found: Json = {
        "method": request.method,
        "header": [_field(one) for one in request.headers],
        "url": _url(request),
        "description": request.description,
    }
    if request.body is not None:
        found["body"] = _body(request.body)
    if request.credentials is not None:
        found["auth"] = _auth(request.credentials)
    return found


def _field(field: Field) -> Json:
    found: Json = {"key": field.name, "value": field.value}
    if field.description:
        found["description"] = field.description
    if not field.enabled:
        found["disabled"] = True
    return found


def _url(request: Request) -> Json:
    sent = "&".join(f"{one.name}={one.value}" for one in request.query if one.enabled)
    found: Json = {
        "raw": f"{request.base}{request.path}" + (f"?{sent}" if sent else ""),
        "host": [request.base],
        "path": request.path.removeprefix("/").split("/"),
    }
    if request.query:
        found["query"] = [_field(one) for one in request.query]
    if request.path_fields:
        found["variable"] = [_field(one) for one in request.path_fields]
    return found


def _body(body: RequestBody) -> Json:
    if body.kind == "text":
        language = "json" if is_json(body.media_type) else LANGUAGES.get(plain(body.media_type))
        options = {"raw": {"language": language or "text"}}
        return {"mode": "raw", "raw": body.text, "options": options}
    if body.kind == "urlencoded":
        return {"mode": "urlencoded", "urlencoded": [_field(one) for one in body.fields]}
    if body.kind == "multipart":
        return {"mode": "formdata", "formdata": [_part(one) for one in body.fields]}
    return {"mode": "file", "file": {"src": None}}


def _part(field: Field) -> Json:
    found = _field(field)
    found["type"] = "file" if field.is_file else "text"
    if field.is_file:
        del found["value"]
        found["src"] = None
    if field.media_type and not field.is_file:
        found["contentType"] = field.media_type
    return found


def _auth(credentials: Credentials) -> Json:
    if credentials.kind == "none":
        return {"type": "noauth"}
    attributes = [
        {"key": key, "value": value, "type": "string"}
        for key, value in credentials.attributes.items()
    ]
    return {"type": credentials.kind, credentials.kind: attributes}


def _saved(collection: Collection, request: Request, sent: Json) -> list[Json]:
    asked: dict[str, Any] = {key: sent[key] for key in ("method", "header", "url")}
    return [
        {
            "id": stable_id(collection.name, request.key, str(number)),
            "name": one.name,
            "originalRequest": asked,
            "status": phrase_of(one.status),
            "code": one.status,
            "_postman_previewlanguage": "json" if is_json(one.media_type) else "text",
            "header": _answer_headers(one),
            "cookie": [],
            "body": one.text,
        }
        for number, one in enumerate(request.saved)
    ]


def _answer_headers(saved: SavedAnswer) -> Sequence[Json]:
    return [{"key": "Content-Type", "value": saved.media_type}] if saved.media_type else []
