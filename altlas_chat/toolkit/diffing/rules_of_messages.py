"""The rules about channels, operations and messages of AsyncAPI: (name, level, words)."""

B, D, S = "breaking", "dangerous", "safe"

MESSAGE_RULES: tuple[tuple[str, str, str], ...] = (
    ("channel-added", S, "the channel `{name}` was added"),
    ("channel-removed", B, "the channel `{name}` was removed"),
    ("channel-address-changed", B, "the address of the channel changed from {old} to {new}"),
    ("channel-parameter-added", B, "the parameter `{name}` of the channel was added"),
    ("channel-parameter-removed", B, "the parameter `{name}` of the channel was removed"),
    ("async-operation-added", S, "the operation was added"),
    ("async-operation-removed", B, "the operation was removed"),
    ("async-operation-action-changed", B, "the action changed from {old} to {new}"),
    ("async-operation-channel-changed", B, "the operation went from {old} to {new}"),
    ("received-message-added", D, "the message `{name}` was added to what a client receives"),
    ("received-message-removed", B, "the message `{name}` was removed from what a client receives"),
    ("sent-message-added", S, "the message `{name}` was added to what a client may send"),
    ("sent-message-removed", B, "the message `{name}` was removed from what a client may send"),
    ("reply-added", S, "the operation got a reply"),
    ("reply-removed", B, "the operation lost its reply"),
    (
        "message-content-type-changed",
        B,
        "the content type of the message changed from {old} to {new}",
    ),
    ("message-name-changed", B, "the name of the message changed from {old} to {new}"),
)
