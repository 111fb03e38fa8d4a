"""The rules about all that is not a schema: (name, level, section, words)."""

from altlas_chat.toolkit.diffing.rules_of_messages import MESSAGE_RULES

B, D, S = "breaking", "dangerous", "safe"

_ENDPOINTS = (
    ("endpoint-added", S, "paths", "the endpoint was added"),
    ("api-removed-without-deprecation", B, "paths", "the endpoint was removed undeprecated"),
    ("api-removed-with-deprecation", S, "paths", "the endpoint, which was deprecated, was removed"),
    ("api-removed-before-sunset", B, "paths", "the endpoint was removed before its end on {old}"),
    (
        "api-path-removed-without-deprecation",
        B,
        "paths",
        "the endpoint was removed undeprecated, with its path",
    ),
    (
        "api-path-removed-with-deprecation",
        S,
        "paths",
        "the endpoint, which was deprecated, was removed with its path",
    ),
    (
        "api-path-removed-before-sunset",
        B,
        "paths",
        "the endpoint was removed, with its path, before its end on {old}",
    ),
    (
        "api-path-sunset-parse",
        B,
        "paths",
        "the day of the endpoint's end can't be read: {old}",
    ),
    ("api-operation-id-removed", S, "paths", "the operationId {old} was replaced by {new}"),
    ("api-operation-id-added", S, "paths", "the endpoint got the operationId {new}"),
    ("api-tag-removed", S, "paths", "the tag {old} was removed"),
    ("api-tag-added", S, "paths", "the tag {new} was added"),
    ("callback-added", S, "paths", "the callback `{name}` was added"),
    ("callback-removed", B, "paths", "the callback `{name}` was removed"),
    ("webhook-added", S, "webhooks", "the webhook `{name}` was added"),
    ("webhook-removed", B, "webhooks", "the webhook `{name}` was removed"),
    ("api-server-added", S, "servers", "the server {new} was added"),
    ("api-server-removed", S, "servers", "the server {old} was removed"),
)

_LIFECYCLE = (
    ("endpoint-deprecated", S, "paths", "the endpoint was deprecated"),
    (
        "endpoint-deprecated-with-sunset",
        S,
        "paths",
        "the endpoint was deprecated, to end on {new}",
    ),
    ("endpoint-reactivated", S, "paths", "the endpoint is no longer deprecated"),
    (
        "api-deprecated-sunset-missing",
        B,
        "paths",
        "the endpoint was deprecated without a day on which it ends",
    ),
    (
        "api-deprecated-sunset-parse",
        B,
        "paths",
        "the endpoint was deprecated; the day on which it ends can't be read: {new}",
    ),
    (
        "api-sunset-date-too-small",
        B,
        "paths",
        "the endpoint was deprecated; it ends on {new}, which is less than {days} days from now",
    ),
    (
        "sunset-deleted",
        B,
        "paths",
        "the endpoint is deprecated, and the day on which it ends was taken away; it was {old}",
    ),
    (
        "api-sunset-date-changed-too-small",
        B,
        "paths",
        "the endpoint ends on {new}, earlier than on {old} and less than {days} days from now",
    ),
    ("api-invalid-stability-level", B, "paths", "the stability level {new} is not known"),
    ("api-stability-decreased", B, "paths", "the endpoint's stability fell from {old} to {new}"),
    ("api-stability-increased", S, "paths", "the endpoint's stability rose from {old} to {new}"),
    (
        "api-version-not-bumped",
        S,
        "info",
        "something breaks, and the version of the document is still {new}",
    ),
    (
        "api-version-decreased",
        S,
        "info",
        "something breaks, and the version of the document fell from {old} to {new}",
    ),
    (
        "api-major-version-not-bumped",
        S,
        "info",
        "something breaks, and the major version did not rise, from {old} to {new}",
    ),
)

_PARAMETERS = (
    ("new-required-request-parameter", B, "the required parameter {name} was added"),
    ("new-optional-request-parameter", S, "the optional parameter {name} was added"),
    (
        "new-required-request-default-parameter-to-existing-path",
        B,
        "the required parameter {name} was added to all operations of the path",
    ),
    (
        "new-optional-request-default-parameter-to-existing-path",
        S,
        "the optional parameter {name} was added to all operations of the path",
    ),
    ("new-request-path-parameter", B, "the parameter {name} was added"),
    ("request-parameter-removed", D, "the parameter {name} was removed"),
    (
        "request-parameter-removed-with-deprecation",
        S,
        "the parameter {name}, which was deprecated, was removed",
    ),
    (
        "request-parameter-removed-before-sunset",
        B,
        "the parameter {name} was removed before its end on {old}",
    ),
    (
        "request-parameter-sunset-parse",
        B,
        "the day on which the parameter {name} ends can't be read: {old}",
    ),
    ("request-parameter-became-required", B, "the parameter {name} became required"),
    ("request-parameter-became-optional", S, "the parameter {name} became optional"),
    ("request-parameter-deprecated", S, "the parameter {name} was deprecated"),
    ("request-parameter-reactivated", S, "the parameter {name} is no longer deprecated"),
    (
        "request-parameter-deprecated-sunset-missing",
        B,
        "the parameter {name} was deprecated without a day on which it ends",
    ),
    (
        "request-parameter-sunset-date-too-small",
        B,
        "the parameter {name} ends on {new}, which is less than {days} days from now",
    ),
    (
        "request-parameter-sunset-deleted",
        B,
        "the parameter {name} is deprecated, and the day on which it ends was taken away",
    ),
    (
        "request-parameter-sunset-date-changed-too-small",
        B,
        "the parameter {name} ends on {new}, before {old} and less than {days} days from now",
    ),
    (
        "request-parameter-style-changed",
        B,
        "the style of the parameter {name} changed from {old} to {new}",
    ),
    (
        "request-parameter-explode-changed",
        B,
        "the explode of the parameter {name} changed from {old} to {new}",
    ),
    (
        "request-parameter-became-allow-reserved",
        S,
        "the parameter {name} may now have reserved signs",
    ),
    (
        "request-parameter-became-not-allow-reserved",
        B,
        "the parameter {name} may no longer have reserved signs",
    ),
    ("request-parameter-became-allow-empty", S, "the parameter {name} may now be empty"),
    ("request-parameter-became-not-allow-empty", B, "the parameter {name} may no longer be empty"),
    (
        "request-parameter-content-changed",
        B,
        "the parameter {name} is written as {new}, no longer as {old}",
    ),
)

_BODIES = (
    ("request-body-added-required", B, "a required request body was added"),
    ("request-body-added-optional", S, "an optional request body was added"),
    ("request-body-removed", B, "the request body was removed"),
    ("request-body-became-required", B, "the request body became required"),
    ("request-body-became-optional", S, "the request body became optional"),
    ("request-body-media-type-added", S, "the request body may now be {new}"),
    ("request-body-media-type-removed", B, "the request body may no longer be {old}"),
    ("request-body-media-type-schema-added", B, "the request body of {name} got a schema"),
    ("request-body-media-type-schema-removed", S, "the request body of {name} lost its schema"),
    (
        "request-body-media-type-item-schema-added",
        B,
        "the items of the request body of {name} got a schema",
    ),
    (
        "request-body-media-type-item-schema-removed",
        S,
        "the items of the request body of {name} lost their schema",
    ),
    ("response-success-status-removed", B, "the response of success {status} was removed"),
    ("response-success-status-added", S, "the response of success {status} was added"),
    ("response-non-success-status-removed", S, "the response {status} was removed"),
    ("response-non-success-status-added", S, "the response {status} was added"),
    ("response-media-type-removed", B, "the response {status} is no longer to be had as {old}"),
    ("response-media-type-added", S, "the response {status} is now to be had as {new}"),
    (
        "response-media-type-name-changed",
        D,
        "the response {status} comes as {new}, no longer as {old}",
    ),
    (
        "response-media-type-name-generalized",
        B,
        "the response {status} comes as {new}, which is more general than {old}",
    ),
    (
        "response-media-type-name-specialized",
        S,
        "the response {status} comes as {new}, which is a kind of {old}",
    ),
    (
        "response-media-type-parameter-added",
        S,
        "the media type of the response {status} got the parameter {name}",
    ),
    (
        "response-media-type-parameter-removed",
        B,
        "the media type of the response {status} lost the parameter {name}",
    ),
    (
        "response-media-type-parameter-changed",
        B,
        "the parameter {name} of the media type of {status} changed from {old} to {new}",
    ),
    ("response-body-media-type-schema-added", S, "the response {status} as {name} got a schema"),
    (
        "response-body-media-type-schema-removed",
        B,
        "the response {status} as {name} lost its schema",
    ),
    (
        "response-body-media-type-item-schema-added",
        S,
        "the items of the response {status} as {name} got a schema",
    ),
    (
        "response-body-media-type-item-schema-removed",
        B,
        "the items of the response {status} as {name} lost their schema",
    ),
    (
        "response-body-media-type-item-schema-removed-untyped",
        B,
        "the items of the response {status} as {name} lost their schema, its only one",
    ),
    ("response-header-added", S, "the response {status} got the header {name}"),
    (
        "required-response-header-removed",
        B,
        "the response {status} lost the header {name}, which was always there",
    ),
    ("optional-response-header-removed", S, "the response {status} lost the header {name}"),
    (
        "response-header-became-optional",
        B,
        "the header {name} of the response {status} became optional",
    ),
    (
        "response-header-became-required",
        S,
        "the header {name} of the response {status} became required",
    ),
)

_SECURITY = (
    ("api-security-added", S, "it is now enough to have {new}"),
    ("api-security-removed", B, "it is no longer enough to have {old}"),
    ("api-security-scope-added", B, "{name} must now have the scope {new}"),
    ("api-security-scope-removed", S, "{name} need no longer have the scope {old}"),
    ("api-security-anonymous-access-added", S, "nobody needs to say any more who he is"),
    ("api-security-anonymous-access-removed", B, "everybody must say now who he is"),
    ("api-global-security-added", S, "for all operations it is now enough to have {new}"),
    ("api-global-security-removed", B, "for all operations it is no longer enough to have {old}"),
    ("api-global-security-scope-added", B, "for all operations {name} must have the scope {new}"),
    (
        "api-global-security-scope-removed",
        S,
        "for all operations {name} need no longer have the scope {old}",
    ),
    (
        "api-global-security-anonymous-access-added",
        S,
        "nobody needs to say any more who he is, whatever the operation",
    ),
    (
        "api-global-security-anonymous-access-removed",
        B,
        "everybody must say now who he is, whatever the operation",
    ),
    ("api-security-component-added", S, "the security scheme `{name}` was added"),
    ("api-security-component-removed", S, "the security scheme `{name}` was removed"),
    (
        "api-security-component-type-changed",
        B,
        "the type of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-api-key-name-changed",
        B,
        "the name of the key of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-api-key-in-changed",
        B,
        "the place of the key of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-http-scheme-changed",
        B,
        "the HTTP scheme of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-bearer-format-changed",
        S,
        "the form of the token of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-open-id-connect-url-changed",
        B,
        "the OpenID Connect address of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-oauth-url-changed",
        S,
        "the OAuth address of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-oauth-token-url-changed",
        S,
        "the OAuth token address of the security scheme `{name}` changed from {old} to {new}",
    ),
    (
        "api-security-component-oauth-scope-added",
        S,
        "the security scheme `{name}` got the scope {new}",
    ),
    (
        "api-security-component-oauth-scope-removed",
        S,
        "the security scheme `{name}` lost the scope {old}",
    ),
    (
        "api-security-component-oauth-scope-changed",
        S,
        "a scope of the security scheme `{name}` changed from {old} to {new}",
    ),
)

OPERATION_RULES: tuple[tuple[str, str, str, str], ...] = (
    *_ENDPOINTS,
    *_LIFECYCLE,
    *((name, level, "parameters", words) for name, level, words in _PARAMETERS),
    *((name, level, "bodies", words) for name, level, words in _BODIES),
    *((name, level, "security", words) for name, level, words in _SECURITY),
    ("api-schema-removed", S, "components", "the schema `{name}` was removed from the components"),
    *((name, level, "asyncapi", words) for name, level, words in MESSAGE_RULES),
)
