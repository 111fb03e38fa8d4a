"""The figures of a server in the text format of Prometheus, made when they are asked for."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from altlas_chat.figures import SECONDS, Requests, Spread
from altlas_chat.storage.database import Database
from altlas_chat.ws.endpoint import Sockets

PREFIX = "altlas_chat_"
LAG_EVERY_SECONDS = 0.5


class LoopLag:
    """How late the event loop does what is due, tried twice a second."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.spread = Spread(SECONDS)

    def start(self) -> None:
        self._due = self._loop.time() + LAG_EVERY_SECONDS
        self._handle = self._loop.call_at(self._due, self._try)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _try(self) -> None:
        self.spread.add(max(0.0, self._loop.time() - self._due))
        self.start()


def figures_of(
    database: Database,
    sockets: Sockets,
    requests: Requests,
    lag: LoopLag,
    later: Mapping[str, int],
) -> Callable[[], bytes]:
    """What gives the figures of these parts and of the process.

    ``later`` counts messages for later by what became of them.
    """
    registry = CollectorRegistry()
    registry.register(_Figures(database, sockets, requests, lag, later))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return lambda: generate_latest(registry)


class _Figures(Collector):
    def __init__(
        self,
        database: Database,
        sockets: Sockets,
        requests: Requests,
        lag: LoopLag,
        later: Mapping[str, int],
    ) -> None:
        self._database = database
        self._sockets = sockets
        self._requests = requests
        self._lag = lag
        self._later = later

    def collect(self) -> Iterator[Metric]:
        yield from self._of_requests()
        yield from self._of_sockets()
        yield from self._of_database()
        yield self._of_later()
        lag = _histogram("event_loop_lag_seconds", "How late the event loop is.", ())
        _fill(lag, (), self._lag.spread)
        yield lag

    def _of_requests(self) -> Iterator[Metric]:
        count = CounterMetricFamily(
            f"{PREFIX}requests", "REST requests that were answered.", labels=("operation", "status")
        )
        for (operation, status), number in list(self._requests.statuses.items()):
            count.add_metric((operation, str(status)), number)
        yield count
        durations = _histogram(
            "request_seconds", "From a request's head to its answer.", ("operation",)
        )
        for operation, spread in list(self._requests.durations.items()):
            _fill(durations, (operation,), spread)
        yield durations

    def _of_sockets(self) -> Iterator[Metric]:
        depths = [socket.outbox.depth for socket in self._sockets.open]
        yield _gauge("sockets", "Sockets that are open.", len(depths))
        frames = sum(frames for frames, _ in depths)
        yield _gauge("outbox_frames", "Frames that wait to be written.", frames)
        unsent = sum(unsent for _, unsent in depths)
        yield _gauge("outbox_bytes", "Bytes written and not taken by the network yet.", unsent)
        most = max((unsent for _, unsent in depths), default=0)
        yield _gauge("outbox_bytes_max", "The same, of the slowest socket.", most)
        closings = CounterMetricFamily(
            f"{PREFIX}socket_closings", "Sockets closed by the server.", labels=("code",)
        )
        for code, number in list(self._sockets.flusher.closings.items()):
            closings.add_metric((str(code),), number)
        yield closings

    def _of_later(self) -> Metric:
        told = "Messages for later: sent, failed, or stuck and to be tried again."
        count = CounterMetricFamily(f"{PREFIX}scheduled_messages", told, labels=("outcome",))
        for outcome, number in list(self._later.items()):
            count.add_metric((outcome,), number)
        return count

    def _of_database(self) -> Iterator[Metric]:
        workload = self._database.workload()
        batches = _histogram("commit_changes", "Changes that one commit took together.", ())
        _fill(batches, (), workload.batches)
        yield batches
        yield _gauge("changes_waiting", "Changes that wait for a commit.", workload.waiting)
        yield _gauge("database_connections", "Open connections.", workload.connections)
        yield _gauge("database_connections_idle", "Of them, without work.", workload.idle)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, told, value=value)


def _histogram(name: str, told: str, labels: tuple[str, ...]) -> HistogramMetricFamily:
    return HistogramMetricFamily(PREFIX + name, told, labels=labels)


def _fill(family: HistogramMetricFamily, labels: tuple[str, ...], spread: Spread) -> None:
    counted, buckets = 0, []
    for bound, count in zip(
        (*map(str, map(float, spread.bounds)), "+Inf"), spread.counts, strict=True
    ):
        counted += count
        buckets.append((bound, counted))
    family.add_metric(labels, buckets, spread.total)
