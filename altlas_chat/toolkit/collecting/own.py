"""What the collection of our own contract says beside the contract."""

NOTE = """\
**Try it.** Start `altlas-chat mock`, or `altlas-chat serve --demo` and take a name and password
that it prints. Send *Begin a session* first: its token is kept in `bearerToken`, and all others
use it.

**Events** come by WebSocket at `{{baseUrl}}/ws` (`ws://` in place of `http://`): connect, send
`{"event": "auth", "id": 1, "data": {"token": "…"}}` within ten seconds, and hear `ready`. This
format of collections has no WebSocket requests: make one in the program itself, or use
`altlas-chat tail`. All events are told by `altlas-chat contract docs`."""
