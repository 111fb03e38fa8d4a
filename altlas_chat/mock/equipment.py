"""What a mock has besides its answers: weather, journal, record, admin path, proxy, reloading.

Everything is put into the places that the mock has for it (``hooks``).
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from altlas_chat.mock.admin import PREFIX, Admin, Controls, finding_as_json
from altlas_chat.mock.app import RunningMock
from altlas_chat.mock.compiled import Compiled
from altlas_chat.mock.hooks import Mounted
from altlas_chat.mock.journal import Entry, Journal
from altlas_chat.mock.journal_forms import rfc3339
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.meeting import Meeting, MeetingOfSockets
from altlas_chat.mock.noting import Noting, noted_sockets
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.plans import PRESETS, Json, Plan, PlanUnreadable, read_plan
from altlas_chat.mock.real_server import LARGEST_CHECKED_BYTES, ProxySettings
from altlas_chat.mock.reloading import EVERY_SECONDS, Load, Outcome, Reloading
from altlas_chat.mock.summaries import Summary
from altlas_chat.mock.weather import Weather
from altlas_chat.system import Clock

if TYPE_CHECKING:
    from altlas_chat.mock.forwarding import Forwarder


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is wanted.

    ``weather`` is the name of a weather or a file with a plan, "" for none;
    ``amounts`` are keys of a plan that go before what that says, and
    ``rules`` come after its own. ``admin`` is the admin path, "" for none.
    Files are looked at every ``look_seconds``. With ``proxy`` a real server answers.
    """

    weather: str = ""
    amounts: Json = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    seed: int = 0
    admin: str = PREFIX
    admin_token: str | None = None
    journal_size: int = 1_000
    record: Path | None = None
    masked: bool = True
    watch: bool = True
    look_seconds: float = EVERY_SECONDS
    proxy: ProxySettings | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What is loaded from files, at the start and whenever they change."""

    compiled: Compiled
    plan: Plan


def chosen_plan(options: Options) -> Plan:
    """The weather to begin with.

    Raises:
        DocumentUnusable: the file has mistakes, or there is none.
        PlanUnreadable: the mistake is in what was given besides the file.
    """
    data: Json = {}
    if options.weather in PRESETS:
        data = {"preset": options.weather}
    elif options.weather:
        from altlas_chat.mock.plan_files import (  # noqa: PLC0415 - only then
            findings_in_plan,
            read_plan_file,
        )

        path = Path(options.weather)
        data = read_plan_file(path)
        try:
            read_plan(data)
        except PlanUnreadable as error:
            raise findings_in_plan(path, error) from error
    rules = [*data.get("rules", _rules_of(data)), *options.rules]
    return read_plan({"seed": options.seed, **data, **options.amounts, "rules": rules})


def _rules_of(data: Json) -> list[Json]:
    """The rules of a weather with a name, which those of a plan would take the place of."""
    return list(PRESETS.get(str(data.get("preset")), {}).get("rules", ()))


class Equipment:
    """Equips a mock; ``load`` loads its contract anew, in any thread."""

    def __init__(
        self, mock: Mock, options: Options, load: Callable[[], Compiled], clock: Clock
    ) -> None:
        """The contract that the mock has was loaded just before.

        Raises:
            DocumentUnusable, PlanUnreadable: as ``chosen_plan``.
            ProxyUnusable: the proxy's address is none.
        """
        self._mock = mock
        self._options = options
        self._load_contract = load
        self._clock = clock
        self._began_ms = clock.now_ms()
        self._plan = chosen_plan(options)
        self._reloading: Reloading[Loaded] | None = None
        self.weather = Weather(self._plan, monotonic)
        self.journal = Journal(most=options.journal_size)
        self.mask = Mask(secret_names(mock.compiled), off=not options.masked)
        self.controls = Controls(
            self.weather, self.journal, self.mask, health=self.health, reload=self.reload
        )
        self.summary = Summary(self.journal)
        mock.weather = Meeting(self.weather)
        mock.listeners.append(Noting(self.journal, self.summary, clock))
        if options.admin:
            host, token = mock.settings.host, options.admin_token
            admin = Admin(self.controls, prefix=options.admin, host=host, token=token)
            mock.mount(options.admin, admin, in_front=True)
        if options.proxy or mock.compiled.sockets:
            mock.mount("/", MeetingOfSockets(self.weather), in_front=True)
        self.forwarder = self._forwarding(options.proxy) if options.proxy else None

    def _forwarding(self, proxy: ProxySettings) -> "Forwarder":
        # Loaded here, so that a mock that passes nothing on starts without it.
        from altlas_chat.mock.forwarded_sockets import SocketForwarder  # noqa: PLC0415
        from altlas_chat.mock.forwarding import Forwarder  # noqa: PLC0415

        forwarder = Forwarder(proxy, self._mock.answerer)
        self._mock.answerer = forwarder
        self._mock.stranger = forwarder.stranger
        self._mock.largest_read = LARGEST_CHECKED_BYTES
        sockets = SocketForwarder(forwarder, self._note, self.weather.ended, self._clock)
        self._mock.mount("/", sockets.serve(self._mock), in_front=True)
        return forwarder

    def noted(self, sockets: Mounted) -> Mounted:
        """What serves sockets, which the journal hears of."""
        return noted_sockets(sockets, self._note, self._clock)

    def _note(self, entry: Entry) -> None:
        self.journal.add(entry)
        self.summary(entry)

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Keep the record that is wanted, and have it whole at the end.

        Raises:
            NoRecording: it can't be written.
        """
        if self._options.record is None:
            yield
            return
        from altlas_chat.mock.recording import Recording  # noqa: PLC0415 - only then

        with Recording(self._options.record, self.journal, self.mask) as recording:
            self.controls.recording = recording
            yield

    def prepare(self, tell: Callable[[Outcome], None]) -> None:
        """Make ready for reloading; ``tell`` hears how each went. Needs a running loop."""
        first = Loaded(self._mock.compiled, self._plan)
        how = Load(self._load, self._files, self._take)
        self._reloading = Reloading(how, first, self._clock, self._began_ms, tell)

    async def beside(self, _: RunningMock) -> None:
        """What runs beside the mock until it is cancelled: loads what changes, if that is wanted.

        Closes its connections at the end.
        """
        try:
            if self._reloading is not None and self._options.watch:
                await self._reloading.run(self._options.look_seconds)
            else:
                await asyncio.Event().wait()
        finally:
            if self.forwarder is not None:
                await self.forwarder.close()

    async def reload(self) -> Outcome:
        """Load everything now."""
        if self._reloading is None:
            return Outcome(0.0, 0)
        return await self._reloading.reload()

    def health(self) -> Json:
        """How the contract is: ``stale`` when its files have mistakes and an older form answers."""
        compiled, reloading = self._mock.compiled, self._reloading
        findings = reloading.findings if reloading else ()
        loaded_at_ms = reloading.loaded_at_ms if reloading else self._began_ms
        return {
            "status": "stale" if findings else "ok",
            "generation": reloading.generation if reloading else 1,
            "loadedAt": rfc3339(loaded_at_ms),
            "watching": self._options.watch and reloading is not None,
            "operations": len(compiled.endpoints),
            "documents": [
                {"source": one.source, "kind": one.kind.value, "version": one.version}
                for one in compiled.documents
            ],
            "files": list(compiled.files),
            "findings": [finding_as_json(one) for one in findings],
        }

    def _load(self) -> Loaded:
        try:
            plan = chosen_plan(self._options)
        except PlanUnreadable:  # of the command line, which was read at the start
            plan = self._plan
        gc.collect()  # what was loaded before the last time: it is large, and the collector rare
        return Loaded(self._load_contract(), plan)

    def _files(self, loaded: Loaded) -> list[str]:
        weather = self._options.weather
        return [*loaded.compiled.files, *([] if weather in PRESETS else [weather])]

    def _take(self, loaded: Loaded) -> None:
        """Weather that was switched at run time stays, unless its file has changed."""
        self.journal.settle()
        self._mock.exchange_contract(loaded.compiled)
        if loaded.plan != self._plan:
            self._plan = loaded.plan
            self.weather.change(loaded.plan)


def secret_names(compiled: Compiled) -> set[str]:
    """Headers and query parameters that carry keys, by the contract's security schemes."""
    found = set()
    for spec in compiled.specs:
        components = spec.document.data.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, dict) else None
        for scheme in schemes.values() if isinstance(schemes, dict) else ():
            name = scheme.get("name") if isinstance(scheme, dict) else None
            if isinstance(name, str):
                found.add(name)
    return found
