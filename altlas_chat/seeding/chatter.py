"""Who says what in a volume world: an endless talk that is the same for the same seed."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from altlas_chat.domain.messages import MessageDraft
from altlas_chat.seeding.ledger import Action, Post, Read, Receive, Room, Seat
from altlas_chat.seeding.quiet import FIRST_ID_MS, seeded_ids

READS, RECEIVES, REPLIES, MENTIONS, LONGER = 0.10, 0.15, 0.05, 0.02, 0.2
"""How often a message comes with one of these."""

_SKEW = 0.6
"""Some conversations are busy and most are not (Zipf's law, softened)."""


class Chatter:
    """People talking in rooms; ``names`` are their user names by id."""

    def __init__(
        self, seed: int, rooms: Sequence[Room], names: Mapping[str, str], sentences: Sequence[str]
    ) -> None:
        self._seed = seed
        self._rooms = rooms
        self._names = names
        self._sentences = sentences
        ranks = (1 + place * 7919 % len(rooms) for place in range(len(rooms)))
        self._weights = list(itertools.accumulate(rank**-_SKEW for rank in ranks))

    def page(self, first: int, count: int, moment: Callable[[int], int]) -> Iterator[Action]:
        """What happens with the messages numbered from ``first`` on, each at its moment.

        Replies answer messages of the same page only, so that a page is the
        same whether the one before was made now or long ago.
        """
        chance = random.Random(f"talk/{self._seed}/{first}")  # noqa: S311 - must be foreseeable
        ids = seeded_ids(f"message/{self._seed}/{first}", FIRST_ID_MS + first)
        client_ids = seeded_ids(f"client/{self._seed}/{first}", FIRST_ID_MS + first)
        last: dict[str, str] = {}
        rooms = chance.choices(self._rooms, cum_weights=self._weights, k=count)
        for number, room in enumerate(rooms, first):
            at, dice = moment(number), chance.random()
            seat = chance.choice(room.seats)
            if dice < READS:
                yield Read(at, room, seat)
            elif dice < READS + RECEIVES:
                yield Receive(at, room, chance.choice(room.seats))
            body = self._body(chance, room, seat, last.get(room.conversation_id))
            body |= {"conversationId": room.conversation_id, "clientId": client_ids.new()}
            message_id = last[room.conversation_id] = ids.new()
            yield Post(at, room, seat, MessageDraft.model_validate(body), message_id)

    def _body(
        self, chance: random.Random, room: Room, seat: Seat, last_id: str | None
    ) -> dict[str, object]:
        text = chance.choice(self._sentences)
        dice = chance.random()
        if dice < REPLIES:
            return {"text": text} if last_id is None else {"text": text, "replyToId": last_id}
        if dice < REPLIES + MENTIONS and len(room.seats) > 2:
            user_id = chance.choice(room.seats).user_id
            if user_id != seat.user_id:
                return {"text": f"@{self._names[user_id]} {text}", "mentions": [user_id]}
        if dice > 1 - LONGER:
            text = f"{text} {chance.choice(self._sentences)}"
        return {"text": text}
