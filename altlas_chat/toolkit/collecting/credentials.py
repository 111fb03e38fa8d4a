"""Security schemes as credentials: what is asked for as variables to fill in."""

import re
from collections.abc import Mapping, Sequence

from altlas_chat.specs.api import Api, SecurityScheme
from altlas_chat.toolkit.collecting.requests import Credentials, Field, Variable

NOBODY = Credentials("none")

_GRANTS = {
    "authorizationCode": "authorization_code_with_pkce",
    "clientCredentials": "client_credentials",
    "password": "password_credentials",
    "implicit": "implicit",
}
"""Postman's words for the flows of OAuth 2, the best first."""


class Wallet:
    """The credentials of one API; ``variables`` are those that its requests name."""

    def __init__(self, api: Api) -> None:
        self._schemes = api.security_schemes
        self.variables: dict[str, Variable] = {}

    def credentials(self, alternatives: Sequence[Mapping[str, list[str]]]) -> Credentials:
        """What meets the first alternative that asks for anything that can be shown."""
        for alternative in alternatives:
            schemes = [self._schemes[name] for name in alternative if name in self._schemes]
            shown = [self._shown(one, alternative[one.name]) for one in schemes]
            kinds = [one for one in shown if one.kind != "none"]
            if not shown:
                continue
            main = kinds[0] if kinds else NOBODY
            beside = [one for one in shown if one is not main]
            headers = [header for one in beside for header in _as_headers(one)]
            query = [one for other in beside for one in _as_query(other)]
            return Credentials(
                main.kind,
                main.attributes,
                (*main.headers, *headers),
                (*main.query, *query),
            )
        return NOBODY

    @property
    def token(self) -> str:
        """The variable that a token belongs into which a request was answered with; "" if none."""
        for scheme in self._schemes.values():
            if scheme.kind == "http" and scheme.scheme == "bearer":
                return self._name(scheme, "Token", "bearerToken")
        for scheme in self._schemes.values():
            if scheme.kind in ("oauth2", "openIdConnect"):
                return self._name(scheme, "AccessToken", "accessToken")
        return ""

    # -- schemes -----------------------------------------------------------------------

    def _shown(self, scheme: SecurityScheme, scopes: Sequence[str]) -> Credentials:
        if scheme.kind == "http":
            return self._http(scheme)
        if scheme.kind == "apiKey":
            return self._api_key(scheme)
        if scheme.kind in ("oauth2", "openIdConnect"):
            return self._oauth2(scheme, scopes)
        return NOBODY

    def _http(self, scheme: SecurityScheme) -> Credentials:
        if scheme.scheme == "bearer":
            token = self._variable(self._name(scheme, "Token", "bearerToken"), scheme, secret=True)
            return Credentials("bearer", {"token": token})
        if scheme.scheme in ("basic", "digest"):
            user = self._variable(self._name(scheme, "Username", "username"), scheme)
            password = self._variable(
                self._name(scheme, "Password", "password"), scheme, secret=True
            )
            shown = {"username": user, "password": password}
            return Credentials("basic" if scheme.scheme == "basic" else "digest", shown)
        value = self._variable(self._name(scheme, "Authorization", ""), scheme, secret=True)
        return Credentials("none", headers=(Field("Authorization", f"{scheme.scheme} {value}"),))

    def _api_key(self, scheme: SecurityScheme) -> Credentials:
        value = self._variable(self._name(scheme, "ApiKey", "apiKey"), scheme, secret=True)
        if scheme.where == "cookie":
            return Credentials("none", headers=(Field("Cookie", f"{scheme.parameter}={value}"),))
        where = "query" if scheme.where == "query" else "header"
        return Credentials("apikey", {"key": scheme.parameter, "value": value, "in": where})

    def _oauth2(self, scheme: SecurityScheme, scopes: Sequence[str]) -> Credentials:
        token = self._variable(
            self._name(scheme, "AccessToken", "accessToken"), scheme, secret=True
        )
        attributes = {"accessToken": token, "addTokenTo": "header", "headerPrefix": "Bearer"}
        flows = scheme.data.get("flows")
        flows = flows if isinstance(flows, dict) else {}
        for name, grant in _GRANTS.items():
            flow = flows.get(name)
            if not isinstance(flow, dict):
                continue
            client = self._variable(self._name(scheme, "ClientId", "clientId"), scheme)
            secret = self._variable(
                self._name(scheme, "ClientSecret", "clientSecret"), scheme, secret=True
            )
            found = {
                "grant_type": grant,
                "authUrl": str(flow.get("authorizationUrl", "")),
                "accessTokenUrl": str(flow.get("tokenUrl", "")),
                "refreshTokenUrl": str(flow.get("refreshUrl", "")),
                "clientId": client,
                "clientSecret": secret,
                "scope": " ".join(map(str, scopes)),
            }
            attributes |= {key: value for key, value in found.items() if value}
            break
        return Credentials("oauth2", attributes)

    # -- variables ---------------------------------------------------------------------

    def _name(self, scheme: SecurityScheme, ending: str, alone: str) -> str:
        """The name of a variable: the usual one; the scheme's where there are several alike."""
        alike = [
            one
            for one in self._schemes.values()
            if (one.kind, one.scheme) == (scheme.kind, scheme.scheme)
        ]
        if alone and len(alike) == 1:
            return alone
        words = re.findall(r"[A-Za-z0-9]+", scheme.name) or ["key"]
        pascal = "".join(word[0].upper() + word[1:] for word in map(str, words))
        named = pascal[0].lower() + pascal[1:]
        return named if named.lower().endswith(ending.lower()) else named + ending

    def _variable(self, name: str, scheme: SecurityScheme, *, secret: bool = False) -> str:
        """The variable, in the form in which requests name it."""
        said = scheme.data.get("description")
        about = said if isinstance(said, str) else ""
        self.variables.setdefault(name, Variable(name, "", about, secret))
        return f"{{{{{name}}}}}"


def _as_headers(credentials: Credentials) -> list[Field]:
    """Credentials that stand beside others are written out."""
    fields = list(credentials.headers)
    attributes = credentials.attributes
    if credentials.kind == "apikey" and attributes["in"] == "header":
        fields.append(Field(attributes["key"], attributes["value"]))
    if credentials.kind in ("bearer", "oauth2"):
        token = attributes.get("token") or attributes["accessToken"]
        fields.append(Field("Authorization", f"Bearer {token}"))
    return fields


def _as_query(credentials: Credentials) -> list[Field]:
    attributes = credentials.attributes
    if credentials.kind == "apikey" and attributes["in"] == "query":
        return [Field(attributes["key"], attributes["value"])]
    return list(credentials.query)
