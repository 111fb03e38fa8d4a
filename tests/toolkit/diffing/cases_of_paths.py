"""What triggers the rules of paths, operations and parameters."""

import copy

from .pairs import api, operation

OK = {"200": {"description": "Done."}}
TEXT = {"type": "string"}
PLAIN = operation()


def edited(data, *steps, value=None):
    """A copy in which something is set, or taken away where no value is given."""
    again = copy.deepcopy(data)
    node = again
    for step in steps[:-1]:
        node = node[step]
    if value is None:
        del node[steps[-1]]
    else:
        node[steps[-1]] = value
    return again


def endpoint(**told):
    return operation(**told)


def removed(**told):
    """An API of two operations of one path, of which the second goes."""
    both = {"get": {"responses": OK}, "put": {"responses": OK, **told}}
    return api({"/a": both}), api({"/a": {"get": {"responses": OK}}})


def path_removed(**told):
    paths = {"/a": {"get": {"responses": OK}}, "/b": {"get": {"responses": OK, **told}}}
    return api(paths), api({"/a": paths["/a"]})


def webhooks(**hooks):
    return api({}, webhooks={name: {"post": {"responses": OK}} for name in hooks})


def callbacks(**told):
    return operation(callbacks={name: {"/cb": {"post": {"responses": OK}}} for name in told})


PATHS = {
    "endpoint-added": (removed()[1], removed()[0]),
    "api-removed-without-deprecation": removed(),
    "api-removed-with-deprecation": removed(deprecated=True),
    "api-removed-before-sunset": removed(deprecated=True, **{"x-sunset": "2026-12-31"}),
    "api-path-removed-without-deprecation": path_removed(),
    "api-path-removed-with-deprecation": path_removed(
        deprecated=True, **{"x-sunset": "2026-01-01"}
    ),
    "api-path-removed-before-sunset": path_removed(deprecated=True, **{"x-sunset": "2026-12-31"}),
    "api-path-sunset-parse": path_removed(deprecated=True, **{"x-sunset": "soon"}),
    "api-operation-id-removed": (endpoint(operationId="a"), endpoint(operationId="b")),
    "api-operation-id-added": (PLAIN, endpoint(operationId="b")),
    "api-tag-removed": (endpoint(tags=["a", "b"]), endpoint(tags=["b"])),
    "api-tag-added": (endpoint(tags=["a"]), endpoint(tags=["b", "a"])),
    "callback-added": (PLAIN, callbacks(done=1)),
    "callback-removed": (callbacks(done=1, lost=1), callbacks(done=1)),
    "webhook-added": (webhooks(a=1), webhooks(a=1, b=1)),
    "webhook-removed": (webhooks(a=1, b=1), webhooks(a=1)),
    "api-server-added": (PLAIN, {**PLAIN, "servers": [{"url": "https://a.example"}]}),
    "api-server-removed": ({**PLAIN, "servers": [{"url": "https://a.example"}]}, PLAIN),
}

ENDS = {"deprecated": True, "x-sunset": "2026-12-31"}
LIFECYCLE = {
    "endpoint-deprecated": (PLAIN, endpoint(deprecated=True)),
    "endpoint-deprecated-with-sunset": (PLAIN, endpoint(**ENDS)),
    "endpoint-reactivated": (endpoint(deprecated=True), PLAIN),
    "api-deprecated-sunset-missing": (PLAIN, endpoint(deprecated=True), {"stable_days": 30}),
    "api-deprecated-sunset-parse": (PLAIN, endpoint(**{**ENDS, "x-sunset": "soon"})),
    "api-sunset-date-too-small": (
        PLAIN,
        endpoint(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "sunset-deleted": (endpoint(**ENDS), endpoint(deprecated=True)),
    "api-sunset-date-changed-too-small": (
        endpoint(**ENDS),
        endpoint(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "api-invalid-stability-level": (PLAIN, endpoint(**{"x-stability-level": "rocky"})),
    "api-stability-decreased": (PLAIN, endpoint(**{"x-stability-level": "beta"})),
    "api-stability-increased": (
        endpoint(**{"x-stability-level": "beta"}),
        endpoint(**{"x-stability-level": "stable"}),
    ),
}


def versions(old, new):
    before, after = removed()
    return (
        edited(before, "info", "version", value=old),
        edited(after, "info", "version", value=new),
        {"versions": True},
    )


VERSIONS = {
    "api-version-not-bumped": versions("1.2.0", "1.2.0"),
    "api-version-decreased": versions("1.2.0", "1.1.0"),
    "api-major-version-not-bumped": versions("1.2.0", "1.3.0"),
}


def having(**told):
    told = {"name": "q", "in": "query", "schema": TEXT, **told}
    return operation(parameters=[told])


def at_path(*parameters):
    item = {"get": {"responses": OK}}
    return api({"/a": {**item, "parameters": list(parameters)}})


LISTED = {"schema": {"type": "array", "items": TEXT}}
Q = {"name": "q", "in": "query", "schema": TEXT}
PARAMETERS = {
    "new-required-request-parameter": (PLAIN, having(required=True)),
    "new-optional-request-parameter": (PLAIN, having()),
    "new-required-request-default-parameter-to-existing-path": (
        at_path(),
        at_path({**Q, "required": True}),
    ),
    "new-optional-request-default-parameter-to-existing-path": (at_path(), at_path(Q)),
    "new-request-path-parameter": (
        api({"/a/{b}": {"get": {"responses": OK}}}),
        api(
            {
                "/a/{b}": {
                    "get": {
                        "parameters": [
                            {"name": "b", "in": "path", "required": True, "schema": TEXT}
                        ],
                        "responses": OK,
                    }
                }
            }
        ),
    ),
    "request-parameter-removed": (having(), PLAIN),
    "request-parameter-removed-with-deprecation": (having(deprecated=True), PLAIN),
    "request-parameter-removed-before-sunset": (having(**ENDS), PLAIN),
    "request-parameter-sunset-parse": (having(**{**ENDS, "x-sunset": "soon"}), PLAIN),
    "request-parameter-became-required": (having(), having(required=True)),
    "request-parameter-became-optional": (having(required=True), having()),
    "request-parameter-deprecated": (having(), having(deprecated=True)),
    "request-parameter-reactivated": (having(deprecated=True), having()),
    "request-parameter-deprecated-sunset-missing": (
        having(),
        having(deprecated=True),
        {"stable_days": 30},
    ),
    "request-parameter-sunset-date-too-small": (
        having(),
        having(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "request-parameter-sunset-deleted": (having(**ENDS), having(deprecated=True)),
    "request-parameter-sunset-date-changed-too-small": (
        having(**ENDS),
        having(**{**ENDS, "x-sunset": "2026-06-20"}),
        {"stable_days": 30},
    ),
    "request-parameter-style-changed": (having(**LISTED), having(style="pipeDelimited", **LISTED)),
    "request-parameter-explode-changed": (having(**LISTED), having(explode=False, **LISTED)),
    "request-parameter-became-allow-reserved": (having(), having(allowReserved=True)),
    "request-parameter-became-not-allow-reserved": (having(allowReserved=True), having()),
    "request-parameter-became-allow-empty": (having(), having(allowEmptyValue=True)),
    "request-parameter-became-not-allow-empty": (having(allowEmptyValue=True), having()),
    "request-parameter-content-changed": (
        having(),
        operation(
            parameters=[
                {"name": "q", "in": "query", "content": {"application/json": {"schema": TEXT}}}
            ]
        ),
    ),
}
