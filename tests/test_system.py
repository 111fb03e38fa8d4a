"""The clock and the ids: their form, and an order that nothing can disturb."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from altlas_chat.system import Randomness, SystemClock, SystemIds


class HandClock:
    def __init__(self, now_ms: int) -> None:
        self.now = now_ms

    def now_ms(self) -> int:
        return self.now


class NoChance(Randomness):
    """Gives the greatest number every time."""

    def bits(self, count: int) -> int:
        return (1 << count) - 1


def test_the_clock_tells_utc_milliseconds() -> None:
    before = time.time() * 1000  # noqa: TID251
    now = SystemClock().now_ms()
    assert int(before) <= now <= time.time() * 1000 + 1  # noqa: TID251


def test_an_id_is_a_uuid_of_version_7_with_its_time() -> None:
    text = SystemIds(HandClock(0x017F22E279B0)).new()
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == 0x017F22E279B0


def test_ids_of_one_millisecond_are_in_order_also_when_its_numbers_run_out() -> None:
    ids = SystemIds(HandClock(1_700_000_000_000))
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert all(uuid.UUID(text).version == 7 for text in made)


def test_ids_stay_in_order_when_the_clock_jumps_back() -> None:
    clock = HandClock(2_000)
    ids = SystemIds(clock)
    made = []
    for now in (2_000, 1_000, 1_500, 2_000, 2_001, 5, 2_002):
        clock.now = now
        made.append(ids.new())
    assert made == sorted(set(made))


def test_ids_stay_in_order_with_the_worst_luck() -> None:
    clock = HandClock(1)
    ids = SystemIds(clock, NoChance())
    made = [ids.new() for _ in range(5_000)]
    clock.now = 2
    made.append(ids.new())
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    ids = SystemIds(SystemClock())
    with ThreadPoolExecutor(8) as threads:
        made = [
            text
            for some in threads.map(lambda _: [ids.new() for _ in range(2_000)], range(8))
            for text in some
        ]
    assert len(set(made)) == len(made)


def test_two_sources_never_give_the_same_id() -> None:
    clock = HandClock(1)
    first, second = SystemIds(clock), SystemIds(clock)
    made = [source.new() for _ in range(1_000) for source in (first, second)]
    assert len(set(made)) == len(made)


def test_random_numbers_use_all_their_bits_and_do_not_come_twice() -> None:
    randomness = Randomness()
    for count in (1, 11, 62, 64):
        drawn = [randomness.bits(count) for _ in range(1_000)]
        assert all(0 <= number < 1 << count for number in drawn)
        ones = [sum(number >> place & 1 for number in drawn) for place in range(count)]
        assert all(350 < count < 650 for count in ones)
    with ThreadPoolExecutor(8) as threads:
        words = [
            word
            for some in threads.map(lambda _: [randomness.bits(64) for _ in range(5_000)], range(8))
            for word in some
        ]
    assert len(set(words)) == len(words)


def test_a_token_has_its_bytes_and_no_other_is_like_it() -> None:
    randomness = Randomness()
    tokens = {randomness.token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert len(randomness.token(16)) == 22
