"""A collection as Bruno reads it: a folder of ``.bru`` files, good to keep in a repository."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from altlas_chat.toolkit.collecting.bodies import is_json, plain
from altlas_chat.toolkit.collecting.requests import (
    Collection,
    Credentials,
    Field,
    Request,
    RequestBody,
)

UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
LONGEST_NAME = 100
ENVIRONMENT = "Default"


def as_bruno(collection: Collection) -> Mapping[str, str]:
    """The text of each file by its path in the folder, always in the same order."""
    about = {
        "version": "1",
        "name": collection.name,
        "type": "collection",
        "ignore": ["node_modules"],
    }
    files = {
        "bruno.json": json.dumps(about, indent=2, ensure_ascii=False) + "\n",
        "collection.bru": _written(_collection_blocks(collection)),
        f"environments/{ENVIRONMENT}.bru": _written(_environment_blocks(collection)),
    }
    for number, (name, description) in enumerate(collection.folders.items(), start=1):
        blocks = [_block("meta", [("name", name), ("seq", str(number))])]
        blocks += [_text("docs", description)] if description else []
        files[f"{_file_name(name)}/folder.bru"] = _written(blocks)
    for folder in ("", *collection.folders):
        own = [one for one in collection.requests if one.folder == folder]
        for number, request in enumerate(own, start=1):
            files[_path(folder, request, files)] = _written(_request_blocks(request, number))
    return files


def _path(folder: str, request: Request, taken: Mapping[str, str]) -> str:
    """Where a request lies; two of the same name are told apart by their addresses."""
    start = f"{_file_name(folder)}/" if folder else ""
    path = f"{start}{_file_name(request.name)}.bru"
    return f"{start}{_file_name(f'{request.name} {request.key}')}.bru" if path in taken else path


def _file_name(name: str) -> str:
    plain_name = UNFIT.sub("-", name).strip(" .-")[:LONGEST_NAME].strip(" .-")
    return plain_name or "request"


# -- blocks ----------------------------------------------------------------------------


def _written(blocks: Sequence[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _block(name: str, entries: Sequence[tuple[str, str]]) -> str:
    lines = "\n".join(f"  {key}: {_line(value)}" for key, value in entries)
    return f"{name} {{\n{lines}\n}}"


def _line(value: str) -> str:
    """A value of several lines stands between three quotes."""
    if "\n" not in value:
        return value
    return "'''\n" + "\n".join(f"    {line}" for line in value.split("\n")) + "\n  '''"


def _text(name: str, text: str) -> str:
    lines = "\n".join(f"  {line}" for line in text.strip("\n").split("\n"))
    return f"{name} {{\n{lines}\n}}"


def _fields(name: str, fields: Sequence[Field]) -> str:
    return _block(
        name, [(("" if one.enabled else "~") + _key(one.name), one.value) for one in fields]
    )


def _key(name: str) -> str:
    """A name with signs that mean something in the language stands in quotes."""
    return name if re.fullmatch(r"[^\s:\"{}]+", name) else '"' + name.replace('"', '\\"') + '"'


def _collection_blocks(collection: Collection) -> list[str]:
    blocks = [_block("auth", [("mode", _mode(collection.credentials))])]
    blocks += _credentials(collection.credentials)
    blocks.append(_block("vars:pre-request", _told(collection)))
    blocks += [_text("docs", collection.description)] if collection.description else []
    return blocks


def _environment_blocks(collection: Collection) -> list[str]:
    secret = [f"  {one.name}" for one in collection.variables if one.secret]
    blocks = [_block("vars", _told(collection))]
    if secret:
        blocks.append("vars:secret [\n" + ",\n".join(secret) + "\n]")
    return blocks


def _told(collection: Collection) -> list[tuple[str, str]]:
    """The variables that may stand in a file."""
    return [(one.name, one.value) for one in collection.variables if not one.secret]


def _request_blocks(request: Request, number: int) -> list[str]:
    return list(_blocks(request, number))


def _blocks(request: Request, number: int) -> Iterator[str]:
    yield _block("meta", [("name", request.name), ("type", "http"), ("seq", str(number))])
    sent = "&".join(f"{one.name}={one.value}" for one in request.query if one.enabled)
    url = f"{request.base}{request.path}" + (f"?{sent}" if sent else "")
    auth = "inherit" if request.credentials is None else _mode(request.credentials)
    entries = [("url", url), ("body", _body_mode(request.body)), ("auth", auth)]
    yield _block(request.method.lower(), entries)
    groups = (
        ("params:query", request.query),
        ("params:path", request.path_fields),
        ("headers", request.headers),
    )
    yield from (_fields(name, fields) for name, fields in groups if fields)
    if request.credentials is not None:
        yield from _credentials(request.credentials)
    if request.body is not None:
        yield from _body(request.body)
    if request.token:
        lines = [
            f"const token = res.status < 300 && res.body.{request.token};",
            f'if (token) bru.setVar("{request.keeps}", token);',
        ]
        yield _text("script:post-response", "\n".join(lines))
    if request.description:
        yield _text("docs", request.description)


def _body_mode(body: RequestBody | None) -> str:
    if body is None:
        return "none"
    if body.kind == "text":
        return _language(body)
    return {"urlencoded": "formUrlEncoded", "multipart": "multipartForm", "file": "file"}[body.kind]


def _language(body: RequestBody) -> str:
    if is_json(body.media_type):
        return "json"
    return "xml" if plain(body.media_type).endswith(("/xml", "+xml")) else "text"


def _body(body: RequestBody) -> Iterator[str]:
    if body.kind == "text" and body.text:
        yield _text(f"body:{_language(body)}", body.text)
    elif body.kind == "urlencoded":
        yield _fields("body:form-urlencoded", body.fields)
    elif body.kind == "multipart":
        entries = [
            (_key(one.name), "@file()" if one.is_file else one.value)
            for one in body.fields
            if one.enabled
        ]
        yield _block("body:multipart-form", entries)


def _mode(credentials: Credentials) -> str:
    return credentials.kind


def _credentials(credentials: Credentials) -> list[str]:
    named = credentials.attributes
    if credentials.kind in ("bearer", "basic", "digest"):
        return [_block(f"auth:{credentials.kind}", list(named.items()))]
    if credentials.kind == "apikey":
        placement = "queryparams" if named["in"] == "query" else "header"
        entries = [("key", named["key"]), ("value", named["value"]), ("placement", placement)]
        return [_block("auth:apikey", entries)]
    if credentials.kind == "oauth2":
        grants = {"password_credentials": "password", "client_credentials": "client_credentials"}
        entries = [
            ("grant_type", grants.get(named.get("grant_type", ""), "authorization_code")),
            ("authorization_url", named.get("authUrl", "")),
            ("access_token_url", named.get("accessTokenUrl", "")),
            ("client_id", named.get("clientId", "")),
            ("client_secret", named.get("clientSecret", "")),
            ("scope", named.get("scope", "")),
        ]
        return [_block("auth:oauth2", [entry for entry in entries if entry[1]])]
    return []
