"""The figures of a server in the text format of Prometheus, made when they are asked for."""

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

from altlas_chat.figures import Requests, Spread
from altlas_chat.rest.streams import Streams
from altlas_chat.server.stalls import Stalls
from altlas_chat.storage.database import Database
from altlas_chat.ws.endpoint import Sockets

PREFIX = "altlas_chat_"


def figures_of(
    database: Database,
    sockets: Sockets,
    streams: Streams,
    requests: Requests,
    stalls: Stalls,
    later: Mapping[str, int],
) -> Callable[[], bytes]:
    """What gives the figures of these parts and of the process.

    ``later`` counts messages for later by what became of them.
    """
    registry = CollectorRegistry()
    registry.register(_Figures(database, sockets, streams, stalls, later))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    of_requests = _RequestLines(requests)
    return lambda: generate_latest(registry) + of_requests.text().encode()


class _RequestLines:
    """The figures of requests in their text format.

    They are nearly all lines of the page, and the event loop waits while it is
    made. So the lines of an operation are made anew only when it was asked for
    since the last time.
    """

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._kept: dict[str, tuple[int, str]] = {}

    def text(self) -> str:
        durations = list(self._requests.durations.items())
        return "".join((
            f"# HELP {PREFIX}requests_total REST requests that were answered.\n",
            f"# TYPE {PREFIX}requests_total counter\n",
            *(
                f'{PREFIX}requests_total{{operation="{operation}",status="{status}"}} {number}\n'
                for (operation, status), number in list(self._requests.statuses.items())
            ),
            f"# HELP {PREFIX}request_seconds From a request's head to its answer.\n",
            f"# TYPE {PREFIX}request_seconds histogram\n",
            *(self._lines(operation, spread) for operation, spread in durations),
        ))  # fmt: skip

    def _lines(self, operation: str, spread: Spread) -> str:
        number = sum(spread.counts)
        known = self._kept.get(operation)
        if known is None or known[0] != number:
            known = self._kept[operation] = number, _spread_lines(operation, spread)
        return known[1]


def _spread_lines(operation: str, spread: Spread) -> str:
    name, label = f"{PREFIX}request_seconds", f'operation="{operation}"'
    buckets = _buckets(spread)
    lines = [f'{name}_bucket{{{label},le="{bound}"}} {count}\n' for bound, count in buckets]
    lines.append(f"{name}_count{{{label}}} {buckets[-1][1]}\n")
    lines.append(f"{name}_sum{{{label}}} {spread.total}\n")
    return "".join(lines)


class _Figures(Collector):
    def __init__(
        self,
        database: Database,
        sockets: Sockets,
        streams: Streams,
        stalls: Stalls,
        later: Mapping[str, int],
    ) -> None:
        self._streams = streams
        self._database = database
        self._sockets = sockets
        self._stalls = stalls
        self._later = later

    def collect(self) -> Iterator[Metric]:
        yield from self._of_sockets()
        yield from self._of_database()
        yield self._of_later()
        yield from self._of_stalls()

    def _of_stalls(self) -> Iterator[Metric]:
        lag, pause = self._stalls.take_longest()
        since = "since these figures were last asked for"
        yield _histogram("event_loop_lag_seconds", "How late the event loop is.", self._stalls.lag)
        told = f"The latest that the event loop was {since}."
        yield _gauge("event_loop_lag_longest_seconds", told, lag)
        told = "How long collections of garbage took, while nothing else went on."
        yield _histogram("gc_pause_seconds", told, self._stalls.pauses)
        yield _gauge("gc_pause_longest_seconds", f"The longest of them {since}.", pause)

    def _of_sockets(self) -> Iterator[Metric]:
        depths = [socket.outbox.depth for socket in self._sockets.open]
        yield _gauge("sockets", "Sockets that are open.", len(depths))
        yield _gauge("event_streams", "Streams of events that are open.", len(self._streams.open))
        yield _gauge("long_polls", "Requests that wait for a change.", self._streams.waiting)
        frames = sum(frames for frames, _ in depths)
        yield _gauge("outbox_frames", "Frames that wait to be written.", frames)
        unsent = sum(unsent for _, unsent in depths)
        yield _gauge("outbox_bytes", "Bytes written and not taken by the network yet.", unsent)
        most = max((unsent for _, unsent in depths), default=0)
        yield _gauge("outbox_bytes_max", "The same, of the slowest socket.", most)
        closings = CounterMetricFamily(
            f"{PREFIX}socket_closings",
            "Sockets and streams closed by the server.",
            labels=("code",),
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
        told = "Changes that one commit took together."
        yield _histogram("commit_changes", told, workload.batches)
        told = "How long a commit itself took: on a disk, its flush."
        yield _histogram("commit_seconds", told, workload.commits)
        told = "How long readings waited for a connection to the database."
        yield _histogram("database_wait_seconds", told, workload.waits)
        yield _gauge("changes_waiting", "Changes that wait for a commit.", workload.waiting)
        yield _gauge("database_connections", "Open connections.", workload.connections)
        yield _gauge("database_connections_idle", "Of them, without work.", workload.idle)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, told, value=value)


def _histogram(name: str, told: str, spread: Spread) -> Metric:
    family = HistogramMetricFamily(PREFIX + name, told)
    family.add_metric((), _buckets(spread), spread.total)
    return family


def _buckets(spread: Spread) -> list[tuple[str, int]]:
    """How many values are at most each bound, the last of which is none."""
    counted, buckets = 0, []
    for bound, count in zip(
        (*map(str, map(float, spread.bounds)), "+Inf"), spread.counts, strict=True
    ):
        counted += count
        buckets.append((bound, counted))
    return buckets
