"""Rules on security schemes and who asks for them."""

import re
from collections.abc import Iterator
from typing import Any

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

LEGACY_FLOWS = ("implicit", "password")


def _requirements(subject: Subject) -> Iterator[tuple[str, str, list[Any]]]:
    """Each scheme that is asked for: the pointer there, its name, its scopes."""
    holders = (subject.root, *subject.parts.of("operation", "server", "async-operation"))
    for holder in holders:
        for number, alternative in enumerate(holder.items("security")):
            if isinstance(alternative, dict) and not _is_scheme(alternative):
                for name, scopes in alternative.items():
                    pointer = joined(holder.pointer, "security", number, name)
                    yield pointer, str(name), scopes if isinstance(scopes, list) else []


def _is_scheme(alternative: dict[str, Any]) -> bool:
    """AsyncAPI 3 has the schemes themselves there, or references to them."""
    return "$ref" in alternative or isinstance(alternative.get("type"), str)


def _declared(subject: Subject) -> dict[str, Part]:
    components = subject.parts.child(subject.root, "components")
    entries = [] if components is None else subject.parts.below(components, "securitySchemes")
    found = ((entry.name, subject.parts.resolved(entry)) for entry in entries)
    return {name: part for name, part in found if part is not None}


@check("security-defined")
def security_defined(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    declared = _declared(subject)
    for pointer, name, _ in _requirements(subject):
        if name not in declared:
            yield Flaw(pointer, f"the security scheme {name} is declared nowhere")


@check("operation-security")
def operation_security(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    silent = [call for call in subject.path_calls if subject.security(call) is None]
    if len(silent) > 1 and len(silent) == len(subject.path_calls):
        yield Flaw("", "nothing says who may call the API")
        return
    for call in silent:
        yield Flaw(call.part.pointer, f"{call.name} does not say who may call it")


@check("security-scopes-declared")
def security_scopes_declared(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    declared = _declared(subject)
    for pointer, name, scopes in _requirements(subject):
        part = declared.get(name)
        if part is None or part.text("type") != "oauth2":
            continue
        known = _scopes(part)
        for scope in map(str, scopes):
            if scope not in known:
                yield Flaw(pointer, f"{name} does not have the scope {scope}")


def _scopes(scheme: Part) -> set[str]:
    """Those that some flow of OAuth 2 declares."""
    flows = [flow for flow in scheme.entries("flows").values() if isinstance(flow, dict)]
    declared = [flow.get("scopes") or flow.get("availableScopes") for flow in flows]
    return {str(scope) for scopes in declared if isinstance(scopes, dict) for scope in scopes}


@check("no-api-keys-in-url")
def no_api_keys_in_url(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("security-scheme"):
        if part.text("type") in ("apiKey", "httpApiKey") and part.text("in") == "query":
            yield Flaw(part.pointer, f"the key of {part.name} travels in the query")


@check("no-credentials-in-url")
def no_credentials_in_url(subject: Subject, options: Options) -> Iterator[Flaw]:
    for part in subject.parts.of("parameter"):
        name = re.sub(r"[^a-z]", "", part.text("name").lower())
        if part.text("in") in ("path", "query") and name in options["words"]:
            yield Flaw(part.pointer, f"{part.text('name')} travels in the address")


@check("no-http-basic")
def no_http_basic(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("security-scheme"):
        basic = part.text("type") == "http" and part.text("scheme").lower() == "basic"
        if basic or part.text("type") == "userPassword":
            yield Flaw(part.pointer, f"{part.name} sends the password with every call")


@check("no-legacy-oauth-flows")
def no_legacy_oauth_flows(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("security-scheme"):
        for flow in LEGACY_FLOWS:
            if flow in part.entries("flows"):
                yield Flaw(joined(part.pointer, "flows", flow), f"{part.name} has the {flow} flow")
