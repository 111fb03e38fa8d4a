"""A contract made ready to be answered for: its operations, schemas and samples.

Made once for a set of documents and never changed: a reload makes another
one and puts it in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from altlas_chat.mock.deprecations import deprecation_headers
from altlas_chat.mock.kept import Kept
from altlas_chat.mock.servers import base_paths
from altlas_chat.mock.shapes import Shapes
from altlas_chat.specs.api import Answer, Api, Operation, Parameter
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.sampling import Language, Sampler
from altlas_chat.specs.schemas import Schemas


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """One document with what belongs to it."""

    document: Document
    schemas: Schemas
    sampler: Sampler
    shapes: Shapes


class Endpoint:
    """One operation as the mock knows it; what it needs is looked up when it is first called.

    ``cache`` keeps what steps made ready for this operation, by whatever key
    the step chooses, for as long as the contract lives; who fills it without
    end must bound it itself.
    """

    def __init__(self, spec: Spec, operation: Operation) -> None:
        self.spec = spec
        self.operation = operation
        self.cache: dict[Any, Any] = {}

    @property
    def name(self) -> str:
        return self.operation.name

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.operation.parameters

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """Its declared answers; status ranges in capitals (``4XX``)."""
        return {
            (status if status == "default" else status.upper()): answer
            for status, answer in self.operation.answers.items()
        }

    @cached_property
    def security(self) -> tuple[Mapping[str, list[str]], ...]:
        """The alternatives of which one must be met; empty when nothing is asked for."""
        return self.operation.security

    @cached_property
    def is_judged_by_address(self) -> bool:
        """Whether a request without a body is right depends on its path and query alone."""
        if self.security or self.operation.body is not None:
            return False
        return all(one.where in ("path", "query") for one in self.parameters)

    @cached_property
    def deprecation(self) -> tuple[tuple[str, str], ...]:
        """The headers that tell of it: ``Deprecation`` (RFC 9745) and ``Sunset`` (RFC 8594)."""
        return deprecation_headers(self.operation.data) if self.operation.deprecated else ()

    def answer_for(self, status: int) -> Answer | None:
        """The declared answer of a status: its own, else its range's, else ``default``."""
        answers = self.answers
        return (
            answers.get(str(status)) or answers.get(f"{status // 100}XX") or answers.get("default")
        )


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """All that a mock answers for.

    ``sockets`` are the AsyncAPI documents, ``endpoints`` the operations of all
    OpenAPI documents, in their order, with the paths under which they are
    served in front of their own (``""`` and the servers' base paths). ``kept``
    are answers that were made already, ``right`` the addresses that were found
    to be right.
    """

    documents: tuple[Document, ...]
    specs: tuple[Spec, ...]
    endpoints: tuple[Endpoint, ...]
    routes: tuple[tuple[str, Endpoint], ...]
    sockets: tuple[Spec, ...] = ()
    kept: Kept[Any] = field(default_factory=Kept)
    right: Kept[bool] = field(default_factory=Kept)

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that was read for it."""
        return tuple(dict.fromkeys(name for one in self.documents for name in one.files))


def compile_documents(
    documents: Sequence[Document], *, seed: int = 0, language: Language = "en"
) -> Compiled:
    """The documents made ready; what is asked for later is looked up later."""
    endpoints: list[Endpoint] = []
    routes: list[tuple[str, Endpoint]] = []
    specs: list[Spec] = []
    sockets: list[Spec] = []
    for document in documents:
        schemas = Schemas(document)
        sampler = Sampler(document, schemas, seed=seed, language=language)
        spec = Spec(document, schemas, sampler, Shapes(document, schemas))
        if document.kind is Kind.ASYNCAPI:
            sockets.append(spec)
            continue
        specs.append(spec)
        for operation in Api(document).operations:
            endpoint = Endpoint(spec, operation)
            endpoints.append(endpoint)
            routes.extend((base, endpoint) for base in base_paths(operation))
    return Compiled(tuple(documents), tuple(specs), tuple(endpoints), tuple(routes), tuple(sockets))
