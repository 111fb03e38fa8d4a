"""How ``altlas-chat mock`` speaks: what it starts with, a line for each request, its check."""

import asyncio
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import typer

from altlas_chat.mock.amounts import AmountUnreadable
from altlas_chat.mock.app import RunningMock
from altlas_chat.mock.compiled import Compiled, compile_documents
from altlas_chat.mock.contracts import load_contracts
from altlas_chat.mock.documentation import DOCS, mount_documentation
from altlas_chat.mock.equipment import Equipment, Options, chosen_plan
from altlas_chat.mock.furnishing import furnish
from altlas_chat.mock.journal import Entry
from altlas_chat.mock.journal_forms import line_of
from altlas_chat.mock.live.wishes import NOTHING_WISHED, Wishes
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.plans import PlanUnreadable
from altlas_chat.mock.program import Beside
from altlas_chat.mock.real_server import ProxySettings, ProxyUnusable, real_server
from altlas_chat.mock.recording import NoRecording
from altlas_chat.mock.reloading import Outcome
from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.mock.suggestions import suggestions
from altlas_chat.mock.summaries import Summary
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.sampling import Language
from altlas_chat.system import SystemClock
from altlas_chat_cli import output

FLUSH_SECONDS = 0.05
MOST_TRIES = 5


def chosen_settings(*, validate: str, language: str, **others: Any) -> MockSettings:
    """The settings that a command line names; exits when one is wrong."""
    languages = get_args(Language)
    if validate not in [*Validate]:
        raise typer.BadParameter(f"--validate is {', '.join(Validate)}, not {validate}")
    if language not in languages:
        raise typer.BadParameter(f"--language is {', '.join(languages)}, not {language}")
    return MockSettings(
        validate=Validate(validate),
        language=next(one for one in languages if one == language),
        **others,
    )


def chosen_options(
    *, amounts: Mapping[str, str | None], rules: Sequence[str], admin: str, **others: Any
) -> Options:
    """What the mock has besides its answers; exits when the weather can't be read."""
    if admin != "off" and not admin.startswith("/"):
        raise typer.BadParameter(f"--admin is a path that begins with /, or off, not {admin}")
    if amounts["status"] is not None and amounts["error"] is None:
        raise typer.BadParameter("--errors says what calls fail with; say how many: --error-rate")
    options = Options(
        amounts={name: one for name, one in amounts.items() if one is not None},
        rules=tuple(rules),
        admin="" if admin == "off" else admin.rstrip("/"),
        **others,
    )
    try:
        chosen_plan(options)
    except DocumentUnusable as unusable:
        raise _exit(unusable) from unusable
    except PlanUnreadable as unreadable:
        for one in unreadable.problems:
            output.say(f"altlas-chat: {one.what}.")
            output.say(f"  {one.remedy}")
        raise typer.Exit(output.WRONG_USE) from unreadable
    return options


def chosen_wishes(emit: Sequence[str], scenarios: Sequence[str]) -> Wishes:
    """What the mock is to say by itself; exits with every finding when it can't be read."""
    if not (emit or scenarios):
        return NOTHING_WISHED
    from altlas_chat.mock.live.emitting import read_emission  # noqa: PLC0415 - only then
    from altlas_chat.mock.live.scenarios import chosen_scenario  # noqa: PLC0415 - only then

    try:
        emissions = tuple(read_emission(one) for one in emit)
        return Wishes(emissions, tuple(chosen_scenario(one) for one in scenarios))
    except AmountUnreadable as error:
        raise typer.BadParameter(str(error), param_hint="--emit") from error
    except DocumentUnusable as unusable:
        raise _exit(unusable) from unusable


def chosen_token(file: Path | None) -> str | None:
    """What the admin path wants; exits when the file does not say it."""
    if file is None:
        return None
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"--admin-token-file {file} can't be read: {error}") from error
    if not token.isascii() or not token.isprintable() or not token:
        raise typer.BadParameter(f"--admin-token-file {file} is to hold one line of ASCII")
    return token


def chosen_proxy(
    url: str | None, *, strict: bool, timeout_seconds: float, stateful: bool
) -> ProxySettings | None:
    """The real server that is to answer; exits when its address is none."""
    if url is None:
        if strict:
            raise typer.BadParameter("--proxy-errors goes with --proxy URL")
        return None
    if stateful:
        raise typer.BadParameter("--stateful is for a mock, with --proxy a real server answers")
    try:
        real_server(url)
    except ProxyUnusable as error:
        output.say(f"altlas-chat: {error.detail}")
        output.say(f"  {error.remedy}")
        raise typer.Exit(output.WRONG_USE) from error
    return ProxySettings(url=url, strict=strict, timeout_seconds=timeout_seconds)


def _exit(unusable: DocumentUnusable) -> typer.Exit:
    for finding in unusable.findings:
        output.say(str(finding))
    return typer.Exit(output.WRONG_USE)


def opened(contracts: Sequence[str], *, fetch: bool) -> list[Document]:
    """The documents; exits with every finding when one can't be used."""
    try:
        return load_contracts(contracts, fetch=fetch)
    except DocumentUnusable as unusable:
        raise _exit(unusable) from unusable


def checked(documents: Sequence[Document], settings: MockSettings, *, as_json: bool) -> int:
    """Say of every answer whether it is valid; the exit code."""
    from altlas_chat.mock.self_check import check_all  # noqa: PLC0415 - only then

    compiled = compile_documents(documents, seed=settings.seed, language=settings.language)
    report = check_all(compiled)
    if as_json:
        output.print_json(report.as_json())
    else:
        for one in report.wrong:
            output.print_line(str(one))
        output.print_line(
            f"{report.answers} answers of {report.operations} operations made,"
            f" {len(report.wrong)} not valid."
        )
        for one in report.examples:
            output.say(f"{one} (made up instead)")
        if report.examples:
            output.say(
                f"{len(report.examples)} mistakes in examples of the contract, which are given by"
                " name alone; `altlas-chat contract examples --check` has their places."
            )
    return output.FAILED if report.wrong else output.DONE


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the contract comes from, to load it again."""

    contracts: Sequence[str]
    fetch: bool


def serve(
    documents: Sequence[Document],
    settings: MockSettings,
    options: Options,
    sources: Sources,
    wishes: Wishes,
    *,
    quiet: bool,
    as_json: bool,
) -> Summary:
    """Serve until Ctrl-C; what broke the contract, which is told when there is a real server."""
    from altlas_chat.mock.program import run  # noqa: PLC0415 - only then

    def load() -> Compiled:
        found = load_contracts(sources.contracts, fetch=sources.fetch)
        return compile_documents(found, seed=settings.seed, language=settings.language)

    compiled = compile_documents(documents, seed=settings.seed, language=settings.language)
    mock = Mock(compiled, settings)
    _document(mock, sources)
    equipment = Equipment(mock, options, load, SystemClock())
    speak = _furnish(mock, equipment, wishes, watch=options.watch)
    lines = RequestLines(equipment.mask)
    if not quiet:
        equipment.journal.listeners.append(lines)

    def started(running: Any) -> None:
        equipment.prepare(tell_reload)
        if as_json:
            output.print_json({"url": running.url, "operations": len(compiled.endpoints)})
        _welcome(running.url, compiled)

    try:
        with equipment.recorded():
            run(mock, started, beside=(equipment.beside, speak))
    except NoRecording as error:
        output.say(f"altlas-chat: {error.detail}")
        output.say(f"  {error.remedy}")
        raise typer.Exit(output.WRONG_USE) from error
    lines.flush()
    if options.proxy is not None:
        for line in equipment.summary.lines:
            output.say(line)
    return equipment.summary


def _document(mock: Mock, sources: Sources) -> None:
    mount_documentation(mock)
    if not sources.contracts:
        for prefix in (DOCS, f"/v1{DOCS}"):
            mount_documentation(mock, prefix, in_front=True)


def _furnish(mock: Mock, equipment: Equipment, wishes: Wishes, *, watch: bool) -> Beside:
    """Put in what the mock remembers and says by itself; what says it.

    Where a real server answers there is nothing of that.
    """

    async def nothing(_: RunningMock) -> None:
        return

    if equipment.forwarder is not None:
        if wishes != NOTHING_WISHED:
            raise typer.BadParameter("--emit and --scenario are for a mock, not for --proxy")
        return nothing
    try:
        furniture = furnish(
            mock, SystemClock(), wishes, ending=equipment.weather.ended, around=equipment.noted
        )
    except DocumentUnusable as unusable:
        raise _exit(unusable) from unusable
    equipment.controls.reset = furniture.reset

    async def run(_: RunningMock) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(furniture.run())
            if wishes.scenarios and furniture.live is not None and watch:
                from altlas_chat.mock.live.rereading import watch_scenarios  # noqa: PLC0415

                tasks.create_task(watch_scenarios(furniture.live, SystemClock(), tell_reload))

    return run


def tell_reload(outcome: Outcome) -> None:
    """Say how a loading went."""
    if not outcome.findings:
        output.say(f"Loaded anew in {outcome.seconds:.2f} s (files: {outcome.files}).")
        return
    for finding in outcome.findings:
        output.say(str(finding))
    output.say("The last good one goes on answering.")


def _welcome(url: str, compiled: Compiled) -> None:
    say = output.say
    say(f"altlas-chat mock listens on {url}")
    for document in compiled.documents:
        info = document.data.get("info")
        title = info.get("title", "") if isinstance(info, dict) else ""
        say(f"  {document.kind} {document.version}  {title}  ({document.source})")
    say(f"  {len(compiled.endpoints)} operations, {len(compiled.sockets)} documents of events")
    for document in compiled.documents:
        for finding in document.findings:
            say(str(finding))
    found = suggestions(compiled, MOST_TRIES)
    if found:
        say("Try this next:")
    for one in found:
        headers = "".join(f" -H {shlex.quote(header)}" for header in one.headers)
        say(f"  curl -s{headers} {shlex.quote(url + one.path)}")
    if compiled.sockets:
        _welcome_to_sockets(url, compiled)
    say(f"Its documentation, to read and to try: {url}{DOCS}")
    say("Stop it with Ctrl-C.")


def _welcome_to_sockets(url: str, compiled: Compiled) -> None:
    from altlas_chat.mock.live.channels import channels_of  # noqa: PLC0415 - only with sockets

    for spec in compiled.sockets:
        for channel in channels_of(spec.document)[:MOST_TRIES]:
            kind = "Events" if channel.is_stream else "WebSocket"
            output.say(f"  {kind}: {url}{channel.paths[0]}")


class RequestLines:
    """A line for each exchange, written a little later and many at once."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._entries: list[Entry] = []

    def __call__(self, entry: Entry) -> None:
        if not self._entries:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._entries.append(entry)

    def flush(self) -> None:
        """Write what waits."""
        entries, self._entries = self._entries, []
        sys.stderr.write("".join(f"{line_of(one, self._mask)}\n" for one in entries))
        sys.stderr.flush()
