"""Options of ``altlas-chat mock`` beyond its answers: weather, journal, state, realtime."""

from pathlib import Path
from typing import Annotated

import typer

Latency = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Answer later: `200ms`, `50..300ms`, `1s`, `normal(200ms, 50ms)`, or half under the"
        " first and 99 of 100 under the second: `lognormal(80ms, 2s)`.",
    ),
]
ErrorRate = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="So many calls fail: `0.1` or `10%`."),
]
Errors = Annotated[
    str | None,
    typer.Option(
        metavar="STATUS,…",
        help="What they fail with. Left out, the operation's own 5xx answers, else 503.",
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="'ON: KEY=AMOUNT, …'",
        help="Weather of some operations: `'GET /users/*: latency=1s, error=0.5, status=503'`;"
        " may be repeated, later ones win. Keys are in docs/mock.md.",
    ),
]
Sky = Annotated[
    str,
    typer.Option(
        "--weather",
        metavar="NAME|FILE",
        help="slow-3g, fast-3g, flaky, tunnel, outage or deploy; or a file with rules.",
    ),
]
AdminPath = Annotated[
    str,
    typer.Option("--admin", metavar="PATH", help="Where it is switched at run time; `off`: not."),
]
AdminTokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Who sends what this file says, as Bearer, may use the admin path from anywhere. Left"
        " out, only this machine may.",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Record what is asked and answered: FILE.har, .json or .jsonl."
    ),
]
JournalSize = Annotated[
    int, typer.Option(min=0, help="So many exchanges are remembered for the record.")
]
Masked = Annotated[
    bool, typer.Option("--mask/--no-mask", help="Hide credentials in lines and records.")
]
Watch = Annotated[
    bool, typer.Option("--watch/--no-watch", help="Load contract and weather when they change.")
]
Stateful = Annotated[
    bool,
    typer.Option("--stateful", help="Remember what is made, changed and deleted."),
]
StatefulItems = Annotated[
    int, typer.Option(min=0, max=1000, help="So many things each collection has at first.")
]
Emit = Annotated[
    list[str] | None,
    typer.Option(
        metavar="'EVENT every TIME'",
        help="Say an example event again and again: `'message.created every 2s..5s'`,"
        " `'* every 3s'`; may be repeated.",
    ),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        metavar="NAME|FILE",
        help="What sockets are told, step by step: a file, or for our own contract lively-group,"
        " revoked-token, server-restart, typing-and-presence; may be repeated.",
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Let a real server answer, and tell where requests and answers break the contract.",
    ),
]
ProxyErrors = Annotated[
    bool,
    typer.Option("--proxy-errors", help="With --proxy: refuse what breaks the contract (502)."),
]
ProxyTimeout = Annotated[
    float,
    typer.Option(min=0.1, metavar="SECONDS", help="So long the real server may be silent (504)."),
]
FailOnViolations = Annotated[
    bool,
    typer.Option(
        "--fail-on-violations", help="Exit with 1 at the end if anything broke the contract."
    ),
]
