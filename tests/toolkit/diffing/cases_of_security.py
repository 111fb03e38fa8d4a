"""What triggers the rules of security, components and AsyncAPI documents."""

from .cases_of_bodies import JSON
from .cases_of_paths import PLAIN, TEXT, edited, operation

KEY, BEARER, SCOPED = {"key": []}, {"bearer": []}, {"oauth": ["read"]}
WIDER = {"oauth": ["read", "write"]}


def asking(*requirements):
    return operation(security=list(requirements))


def asking_all(*requirements):
    return {**PLAIN, "security": list(requirements)}


def scheme(**told):
    return {**PLAIN, "components": {"securitySchemes": {"a": told, "z": {"type": "mutualTLS"}}}}


def flow(**told):
    asked = {
        "authorizationUrl": "https://a.example/in",
        "tokenUrl": "https://a.example/token",
        "scopes": {"read": "Reads."},
        **told,
    }
    return scheme(type="oauth2", flows={"authorizationCode": asked})


def scheme_pairs():
    short = "api-security-component"
    api_key = {"type": "apiKey", "name": "X-Key", "in": "header"}
    other = edited(scheme(**api_key), "components", "securitySchemes", "a")
    yield f"{short}-added", (other, scheme(**api_key))
    yield f"{short}-removed", (scheme(**api_key), other)
    yield f"{short}-type-changed", (scheme(**api_key), scheme(type="http", scheme="basic"))
    yield f"{short}-api-key-name-changed", (scheme(**api_key), scheme(**{**api_key, "name": "K"}))
    yield f"{short}-api-key-in-changed", (scheme(**api_key), scheme(**{**api_key, "in": "query"}))
    basic, bearer = {"type": "http", "scheme": "basic"}, {"type": "http", "scheme": "bearer"}
    yield f"{short}-http-scheme-changed", (scheme(**basic), scheme(**bearer))
    yield (
        f"{short}-bearer-format-changed",
        (scheme(**bearer, bearerFormat="JWT"), scheme(**bearer, bearerFormat="opaque")),
    )
    openid = [
        scheme(type="openIdConnect", openIdConnectUrl=f"https://{x}.example") for x in ("a", "b")
    ]
    yield f"{short}-open-id-connect-url-changed", tuple(openid)
    moved = "https://b.example"
    yield f"{short}-oauth-url-changed", (flow(), flow(authorizationUrl=moved))
    yield f"{short}-oauth-token-url-changed", (flow(), flow(tokenUrl=moved))
    more = {"read": "Reads.", "write": "Writes."}
    yield f"{short}-oauth-scope-added", (flow(), flow(scopes=more))
    yield f"{short}-oauth-scope-removed", (flow(scopes=more), flow())
    yield f"{short}-oauth-scope-changed", (flow(), flow(scopes={"read": "Reads all."}))


SECURITY = {
    "api-security-added": (asking(KEY), asking(KEY, BEARER)),
    "api-security-removed": (asking(KEY, BEARER), asking(KEY)),
    "api-security-scope-added": (asking(SCOPED), asking(WIDER)),
    "api-security-scope-removed": (asking(WIDER), asking(SCOPED)),
    "api-security-anonymous-access-added": (asking(KEY), asking(KEY, {})),
    "api-security-anonymous-access-removed": (asking(KEY, {}), asking(KEY)),
    "api-global-security-added": (asking_all(KEY), asking_all(KEY, BEARER)),
    "api-global-security-removed": (asking_all(KEY, BEARER), asking_all(KEY)),
    "api-global-security-scope-added": (asking_all(SCOPED), asking_all(WIDER)),
    "api-global-security-scope-removed": (asking_all(WIDER), asking_all(SCOPED)),
    "api-global-security-anonymous-access-added": (asking_all(KEY), PLAIN),
    "api-global-security-anonymous-access-removed": (PLAIN, asking_all(KEY)),
    **dict(scheme_pairs()),
}


def described(**schemas):
    return {**PLAIN, "components": {"schemas": dict.fromkeys(schemas, TEXT)}}


COMPONENTS = {"api-schema-removed": (described(A=1, B=1), described(B=1))}


def events(channels=None, operations=None):
    info = {"title": "Any", "version": "1.0.0"}
    return {
        "asyncapi": "3.0.0",
        "info": info,
        "channels": channels or {},
        "operations": operations or {},
    }


def channel(address="a", parameters=(), **messages):
    made = {name: {"payload": TEXT, **told} for name, told in messages.items()}
    asked = {name: {} for name in parameters}
    return {"c": {"address": address, "messages": made, "parameters": asked}}


def acting(action="receive", on="c", **more):
    return {"act": {"action": action, "channel": {"$ref": f"#/channels/{on}"}, **more}}


def said(action, **messages):
    return events(channel(**messages), acting(action))


REPLY = {"reply": {"channel": {"$ref": "#/channels/c"}}}
TWO = {**channel(), "d": channel()["c"]}
ASYNC = {
    "channel-added": (events(channel()), events(TWO)),
    "channel-removed": (events(TWO), events(channel())),
    "channel-address-changed": (events(channel("a")), events(channel("b"))),
    "channel-parameter-added": (events(channel()), events(channel(parameters=["p"]))),
    "channel-parameter-removed": (events(channel(parameters=["p"])), events(channel())),
    "async-operation-added": (events(channel()), events(channel(), acting())),
    "async-operation-removed": (events(channel(), acting()), events(channel())),
    "async-operation-action-changed": (said("receive"), said("send")),
    "async-operation-channel-changed": (events(TWO, acting()), events(TWO, acting(on="d"))),
    "received-message-added": (said("send", a={}), said("send", a={}, b={})),
    "received-message-removed": (said("send", a={}, b={}), said("send", a={})),
    "sent-message-added": (said("receive", a={}), said("receive", a={}, b={})),
    "sent-message-removed": (said("receive", a={}, b={}), said("receive", a={})),
    "reply-added": (events(channel(), acting()), events(channel(), acting(**REPLY))),
    "reply-removed": (events(channel(), acting(**REPLY)), events(channel(), acting())),
    "message-content-type-changed": (
        said("send", a={"contentType": JSON}),
        said("send", a={"contentType": "text/plain"}),
    ),
    "message-name-changed": (said("send", a={"name": "x"}), said("send", a={"name": "y"})),
}
