"""Who is listening at this moment, and the fan-out to them.

Lives in memory; after a restart it is empty and clients catch up from the
event log. Never waits: a reader that is too slow fills its own outbox and is
cut, and its neighbours notice nothing.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from altlas_chat.domain.events import (
    Announcement,
    Joined,
    Left,
    PassingEvent,
    conversation_of,
    membership_effect,
    user_stream,
)
from altlas_chat.realtime.crowds import Crowds, Waiting
from altlas_chat.realtime.feeds import Feed
from altlas_chat.realtime.frames import event_frame, passing_frame
from altlas_chat.realtime.listener import Keyed, Listener
from altlas_chat.realtime.spreading import Spreading


def _no_log(*_: object) -> None:
    raise LookupError("no log was named to this hub")


def _nobody_left(*_: str) -> None:
    """Nobody wants to know who left."""


class Hub:
    """The listeners of this node, by stream.

    ``left`` is called with a person who hears a stream no longer, and the
    stream. Receipts of one conversation that come within ``receipt_seconds``
    leave together.
    """

    def __init__(self, receipt_seconds: float = 0) -> None:
        self.left: Callable[[str, str], None] = _nobody_left
        self._crowds = Crowds(receipt_seconds, self._tell_crowd)
        self._spreading = Spreading(self._hearing)
        self._fill_hole: Callable[[str, int], None] = _no_log
        self._catch_up: Callable[[Listener, str, int], None] = _no_log
        self._feeds: dict[str, Feed] = {}

    def use_log(
        self,
        *,
        fill_hole: Callable[[str, int], None],
        catch_up: Callable[[Listener, str, int], None],
    ) -> None:
        """Name those who read the log when events alone do not suffice.

        ``fill_hole`` is called with a stream and the last event told of it
        when a later one has come, and calls :meth:`publish` with what is
        missing. ``catch_up`` is called with a listener on hold that joined a
        stream after the given event was told; it sends what the listener
        missed and releases it.
        """
        self._fill_hole = fill_hole
        self._catch_up = catch_up

    # -- listeners ---------------------------------------------------------

    def add(self, listener: Listener) -> None:
        """Let a listener hear its own person's stream, on hold."""
        listener.hold()
        self._attach(listener, user_stream(listener.user_id), None)

    def attach(self, listener: Listener, streams: Iterable[str]) -> None:
        """Let a listener that is on hold hear further streams."""
        for stream in streams:
            self._attach(listener, stream, None)

    def detach(self, listener: Listener, streams: Iterable[str]) -> None:
        """Let a listener hear these streams no longer."""
        for stream in streams:
            self._detach(listener, stream)

    def place(self, positions: dict[str, int]) -> None:
        """Say how far a read of the log went, for streams that began to be heard here."""
        for stream, position in positions.items():
            feed = self._feeds.get(stream)
            if feed is not None and feed.position is None:
                for announcement in feed.place(position):
                    self._tell_new(feed, announcement)
                self._tell_all(feed, list(feed.in_turn()))
                self._ask_for_hole(feed)

    def release(self, listener: Listener, sent: dict[str, int]) -> None:
        """Let a listener on hold hear directly; see :meth:`Listener.release`.

        ``sent`` has every stream that it heard from the log, and nothing may
        be missing in what was kept back for it.
        """
        self.place(listener.reached(sent))
        for stream, reached in listener.reached(sent).items():
            feed = self._feeds.get(stream)
            if feed is not None and listener in feed.listeners:
                feed.let_in(listener, reached)
        listener.release(sent)

    def remove(self, listener: Listener) -> None:
        """Forget a listener."""
        for stream in list(listener.streams):
            self._detach(listener, stream)

    def listeners_of(self, user_id: str) -> list[Listener]:
        """A person's listeners: those of the person's own stream."""
        feed = self._feeds.get(user_stream(user_id))
        return [] if feed is None else list(feed.listeners)

    def _everybody(self) -> list[Listener]:
        return [
            listener
            for stream, feed in self._feeds.items()
            if conversation_of(stream) is None
            for listener in feed.listeners
        ]

    def is_there(self, user_id: str) -> bool:
        """Whether a person has a listener."""
        return user_stream(user_id) in self._feeds

    def people(self) -> list[str]:
        """Everybody who has a listener, each once."""
        return [
            stream.partition(":")[2] for stream in self._feeds if conversation_of(stream) is None
        ]

    def end_person(self, user_id: str) -> None:
        """Cut off all listeners of a person, who may not come again."""
        for listener in self.listeners_of(user_id):
            listener.end()

    def reconnect_person(self, user_id: str) -> None:
        """Cut off all listeners of a person, who shall come again."""
        for listener in self.listeners_of(user_id):
            listener.fail()

    def end_session(self, session_id: str) -> None:
        """Cut off the listeners of a session that was ended."""
        for listener in self._everybody():
            if listener.session_id == session_id:
                listener.end()

    @property
    def listener_count(self) -> int:
        return len(self._everybody())

    def _attach(self, listener: Listener, stream: str, position: int | None) -> Feed:
        feed = self._feeds.get(stream)
        if feed is None:
            feed = self._feeds[stream] = Feed(stream, position)
        if listener not in feed.listeners:
            feed.listeners.append(listener)
            listener.streams.append(feed.stream)  # one string for all who hear it
        return feed

    def _detach(self, listener: Listener, stream: str) -> None:
        feed = self._feeds.get(stream)
        if feed is not None and listener in feed.listeners:
            listener.streams.remove(stream)
            feed.forget(listener)
            if not feed.listeners:
                del self._feeds[stream]

    # -- events ------------------------------------------------------------

    def publish(self, announcements: Sequence[Announcement]) -> None:
        """Tell numbered events to those who listen, each stream in its order.

        An event that was told before is dropped; one that is early waits for
        those before it.
        """
        for announcement in announcements:
            stream = announcement.event.stream
            feed = self._feeds.get(stream)
            if feed is None:
                continue
            seq = announcement.event.seq
            if feed.position == seq - 1 and not feed.early:
                feed.position += 1
                self._tell(feed, announcement)
            elif feed.position is not None and seq <= feed.position:
                self._tell_new(feed, announcement)
            else:
                self._tell_all(feed, list(feed.take(announcement)))
                self._ask_for_hole(feed)

    def _ask_for_hole(self, feed: Feed) -> None:
        if feed.has_hole and feed.position is not None:
            self._fill_hole(feed.stream, feed.position)

    def look_again(self, streams: Iterable[str]) -> None:
        """Tell what the log has of these streams and was not told."""
        for stream in streams:
            feed = self._feeds.get(stream)
            if feed is not None and feed.position is not None:
                self._fill_hole(stream, feed.position)

    def cut_off(self, stream: str) -> None:
        """Cut off all who hear a stream, whose log has a hole: they shall come again."""
        feed = self._feeds.get(stream)
        for listener in [] if feed is None else list(feed.listeners):
            listener.fail()

    def pass_on(
        self,
        stream: str,
        event: PassingEvent,
        *,
        but: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        """Tell a passing event to who listens to ``stream``; who is on hold hears it afterwards.

        Not to the people in ``but``, and of others only to those in ``only``.
        """
        feed = self._feeds.get(stream)
        if feed is None:
            return
        key = event.key
        if event.kind == "receipt.updated" and self._crowds.holds(
            stream, Waiting(key, event, but, only)
        ):
            return
        one = Keyed(key, passing_frame(event))
        for listener in feed.listeners:
            user_id = listener.user_id
            if user_id not in but and (only is None or user_id in only):
                listener.pass_on(stream, one)

    def tell_but(self, stream: str, event: PassingEvent, but: Collection[str]) -> None:
        """Tell a passing event to who listens to ``stream`` and is not in ``but``."""
        self.pass_on(stream, event, but=but)

    def _tell_crowd(self, stream: str, crowd: list[Waiting]) -> None:
        """Tell passing events together; those that are for the same people in one write."""
        by_audience: dict[tuple[frozenset[str], frozenset[str] | None], list[Waiting]] = {}
        for one in crowd:
            only = None if one.only is None else frozenset(one.only)
            by_audience.setdefault((frozenset(one.but), only), []).append(one)
        for same in by_audience.values():
            keyed = [Keyed(one.key, passing_frame(one.event)) for one in same]
            joined = b"".join(one.frame for one in keyed)
            for listener in self._hearing(stream):
                if not same[0].is_for(listener.user_id):
                    continue
                if listener.held is None:
                    listener.put_together(keyed, joined)
                else:
                    for passing in keyed:
                        listener.pass_on(stream, passing)

    def _hearing(self, stream: str) -> Sequence[Listener]:
        feed = self._feeds.get(stream)
        return () if feed is None else feed.listeners

    def pass_on_to_all(
        self, streams: Sequence[str], event: PassingEvent, *, but: Collection[str] = ()
    ) -> None:
        """Tell a passing event to who listens to any of ``streams``, once each; not to ``but``."""
        self._spreading.spread(streams, Keyed(event.key, passing_frame(event)), but)

    def doubt(self, user_ids: Collection[str]) -> None:
        """What these people let others know has changed: nothing that waits tells it."""
        self._crowds.doubt(user_ids)

    def tell_everybody(self, event: PassingEvent) -> None:
        """Tell a passing event to every listener; who is on hold hears it afterwards."""
        one = Keyed(event.key, passing_frame(event))
        for listener in self._everybody():
            listener.pass_on("", one)

    def _tell_all(self, feed: Feed, announcements: list[Announcement]) -> None:
        for announcement in announcements:
            self._tell(feed, announcement)

    def _tell(self, feed: Feed, announcement: Announcement) -> None:
        event = announcement.event
        frame = event_frame(announcement)
        hearing = feed.hearing(event.seq)
        for listener in hearing:
            if listener.held is None:
                listener.put(frame)
            else:
                listener.hear(event.stream, event.seq, frame)
        effect = membership_effect(event)
        if effect is not None:
            self._apply(effect, list(hearing))

    def _tell_new(self, feed: Feed, announcement: Announcement) -> None:
        """Tell an event again to those who may have read the log before it was there."""
        new = [listener for listener in feed.listeners if listener.is_new]
        if not new:
            return
        event = announcement.event
        frame = event_frame(announcement)
        for listener in new:
            listener.hear(event.stream, event.seq, frame)
        effect = membership_effect(event)
        if effect is not None:
            self._apply(effect, new)

    def _apply(self, effect: Joined | Left, hearing: Iterable[Listener]) -> None:
        for listener in hearing:
            if listener.user_id != effect.user_id:
                continue
            if isinstance(effect, Left):
                self._detach(listener, effect.stream)
            elif effect.stream not in listener.streams:
                self._join(listener, effect)
        if isinstance(effect, Left):
            self.left(effect.user_id, effect.stream)

    def _join(self, listener: Listener, effect: Joined) -> None:
        feed = self._attach(listener, effect.stream, effect.after)
        if feed.position is None or feed.position > effect.after:
            listener.hold()
            self._catch_up(listener, effect.stream, effect.after)
