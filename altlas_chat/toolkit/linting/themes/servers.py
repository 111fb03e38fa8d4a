"""Rules on servers."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

OWN_MACHINE = re.compile(
    r"localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|.*\.localhost|.*\.local"
)


def _addresses(subject: Subject) -> Iterator[tuple[Part, str, str]]:
    """Each server with the key of its address, and the address."""
    for part in subject.parts.of("server"):
        for key in ("url", "host", "pathname"):
            if part.text(key):
                yield part, key, part.text(key)


@check("servers-defined")
def servers_defined(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    if not subject.root.node.get("servers"):
        has = "servers" in subject.root.node
        yield Flaw("/servers" if has else "", "nothing says where the API is")


@check("no-server-trailing-slash")
def no_server_trailing_slash(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part, key, address in _addresses(subject):
        if address.endswith("/") and address != "/":
            yield Flaw(joined(part.pointer, key), f"{address} ends with a slash")


@check("no-server-example-com")
def no_server_example_com(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part, key, address in _addresses(subject):
        if re.search(r"(^|[./@])example\.(com|org|net)\b", address):
            yield Flaw(joined(part.pointer, key), f"{address} is the address of a sample")


@check("server-variables-defined")
def server_variables_defined(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part, key, address in _addresses(subject):
        declared = part.entries("variables")
        for name in re.findall(r"\{([^{}]*)\}", address):
            if name not in declared:
                yield Flaw(joined(part.pointer, key), f"the variable {name} is not declared")
    for variable in subject.parts.of("server-variable"):
        values, default = variable.node.get("enum"), variable.node.get("default")
        if isinstance(values, list) and not values:
            yield Flaw(joined(variable.pointer, "enum"), f"{variable.name} may have no value")
        elif isinstance(values, list) and default is not None and default not in values:
            pointer = joined(variable.pointer, "default")
            yield Flaw(pointer, f"{default} is none of the values of {variable.name}")


@check("no-http-servers")
def no_http_servers(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    if next(subject.parts.of("security-scheme"), None) is None:
        return
    for part, key, address in _addresses(subject):
        if address.lower().startswith("http://") and not _is_own(address):
            yield Flaw(joined(part.pointer, key), f"credentials travel openly to {address}")


def _is_own(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return OWN_MACHINE.fullmatch(host) is not None
