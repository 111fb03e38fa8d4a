"""Weather: what each call meets depends on the seed and on its own turn, on nothing else."""

import pytest

from altlas_chat.mock.plans import PRESETS, PlanUnreadable, read_plan
from altlas_chat.mock.weather import CALM, Call, Ending, Fault, Forecast, Weather

USERS = Call("GET", "/v1/users", "/users", "listUsers")
USER = Call("GET", "/v1/users/7", "/users/{id}", "getUser", (200, 404, 500, 504))
FILES = Call("PUT", "/v1/files/a/b/c", "/files/{path}", "putFile")


class Hand:
    """A clock that is moved by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def weather(clock: Hand | None = None, **plan: object) -> Weather:
    return Weather(read_plan(plan), clock or Hand())


def many(found: Weather, call: Call, count: int = 200) -> list[Forecast]:
    return [found.forecast(call) for _ in range(count)]


def test_without_a_plan_nothing_happens_and_nothing_is_counted() -> None:
    sky = weather()
    assert sky.calm
    assert sky.forecast(USER) is CALM
    assert sky.ending(USER) is None
    assert not sky.calls


def test_the_same_seed_brings_the_same_weather_whatever_else_is_called() -> None:
    plan = {"latency": "50..300ms", "error": 0.3, "drop": "5%", "seed": 7}
    alone = many(weather(**plan), USER)
    sky = weather(**plan)
    among_others = []
    for turn in range(200):
        for _ in range(turn % 3):
            sky.forecast(USERS)
        among_others.append(sky.forecast(USER))
    assert among_others == alone
    assert len({one.delay_seconds for one in alone}) == 200
    assert many(weather(**{**plan, "seed": 8}), USER) != alone
    assert many(weather(**plan), USERS) != alone


def test_a_change_begins_the_sequence_anew() -> None:
    sky = weather(latency="50..300ms")
    first = many(sky, USER, 3)
    sky.change(sky.plan)
    assert many(sky, USER, 3) == first
    assert sky.as_json()["calls"] == {"GET /users/{id}": 3}


def test_shares_are_met_about_as_often_as_they_say() -> None:
    found = many(weather(error="20%", drop=0.1), USER, 2000)
    assert 0.15 < sum(one.fault is Fault.DROP for one in found) / 2000 * 2 < 0.25
    assert 0.14 < sum(one.status is not None for one in found) / 2000 < 0.22


def test_errors_are_what_the_operation_declares_else_503_unless_they_are_named() -> None:
    assert {one.status for one in many(weather(error=1), USER)} == {500, 504}
    assert {one.status for one in many(weather(error=1), USERS)} == {503}
    assert {one.status for one in many(weather(error=1, errors="418,500"), USER)} == {418, 500}
    assert weather(error=1).forecast(USERS).retry_after == 1


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("200ms", 0.2, 0.2),
        ("200", 0.2, 0.2),
        (200, 0.2, 0.2),
        ("1.5s", 1.5, 1.5),
        ("50..300ms", 0.05, 0.3),
        ("50-300ms", 0.05, 0.3),
        ("500ms..1s", 0.5, 1.0),
        ("1..2", 0.001, 0.002),
        ("normal(200ms, 20ms)", 0.1, 0.3),
        ("lognormal(80ms, 2s)", 0.0, 60.0),
    ],
)
def test_latencies_lie_where_they_were_wanted(written: object, low: float, high: float) -> None:
    delays = sorted(one.delay_seconds for one in many(weather(latency=written), USER))
    assert low <= delays[0] <= delays[-1] <= high


def test_half_of_a_lognormal_latency_is_under_its_first_number_and_a_hundredth_over_its_second():
    found = many(weather(latency="lognormal(80ms, 2s)"), USER, 4000)
    delays = [one.delay_seconds for one in found]
    assert 0.45 < sum(one < 0.08 for one in delays) / 4000 < 0.55
    assert 0.005 < sum(one > 2 for one in delays) / 4000 < 0.016


@pytest.mark.parametrize(
    ("on", "met"),
    [
        ("*", {"GET /users", "GET /users/{id}", "PUT /files/{path}"}),
        ("GET *", {"GET /users", "GET /users/{id}"}),
        ("get,put *", {"GET /users", "GET /users/{id}", "PUT /files/{path}"}),
        ("GET /users/*", {"GET /users/{id}"}),
        ("/users/{id}", {"GET /users/{id}"}),
        ("/v1/users/7", {"GET /users/{id}"}),
        ("* /users/*", {"GET /users/{id}"}),
        ("/v1/files/*", set()),
        ("/v1/files/**", {"PUT /files/{path}"}),
        ("PUT /users/*", set()),
        ("getUser", {"GET /users/{id}"}),
        ("*User*", {"GET /users", "GET /users/{id}"}),
        ("getuser", set()),
    ],
)
def test_a_rule_is_for_the_operations_that_it_names(on: str, met: set[str]) -> None:
    sky = weather(rules=[{"on": on, "error": 1}])
    assert {call.key for call in (USERS, USER, FILES) if sky.forecast(call).status} == met


def test_later_rules_win_key_by_key() -> None:
    sky = weather(
        latency="1s",
        error=1,
        status=500,
        rules=["GET *: latency=2s, slow-body=1KB/s", "getUser: status=504"],
    )
    assert sky.forecast(FILES) == Forecast(1.0, 500)
    assert sky.forecast(USERS) == Forecast(2.0, 500, None, None, 1000.0)
    assert sky.forecast(USER) == Forecast(2.0, 504, None, None, 1000.0)


def test_a_rule_for_some_calls_of_an_operation() -> None:
    sky = weather(rules=["*: calls=1..2, status=500", "*: calls=4.., drop"])
    found = [sky.forecast(USER) for _ in range(5)]
    dropped = Forecast(fault=Fault.DROP)
    assert found == [Forecast(status=500), Forecast(status=500), CALM, dropped, dropped]
    assert sky.forecast(USERS).status == 500, "each operation has its own first call"


def test_over_its_limit_an_operation_answers_429_until_the_window_ends() -> None:
    clock = Hand()
    sky = weather(clock, rules=["getUser: limit=2/min"])
    assert [sky.forecast(USER).status for _ in range(3)] == [None, None, 429]
    clock.seconds += 12.5
    assert sky.forecast(USER) == Forecast(status=429, retry_after=48)
    assert sky.forecast(USERS) == CALM
    clock.seconds += 47.5
    assert sky.forecast(USER) == CALM


def test_a_limit_for_everything_counts_all_calls() -> None:
    sky = weather(limit="2/s")
    assert [sky.forecast(one).status for one in (USER, USERS, FILES)] == [None, None, 429]


def test_sockets_end_in_their_range_with_their_code() -> None:
    sky = weather(disconnect="5..20s", close=4000, seed=3)
    ends = [sky.ending(USER) for _ in range(50)]
    assert all(end and 5 <= end.after_seconds <= 20 and end.code == 4000 for end in ends)
    sky.change(sky.plan)
    assert [sky.ending(USER) for _ in range(50)] == ends
    abrupt = weather(disconnect="1s", close="abrupt").ending(USER)
    assert abrupt == Ending(1.0, None)
    some = weather(disconnect="1s", disconnect_rate="30%")
    assert 20 < sum(some.ending(USER) is not None for _ in range(100)) < 40


@pytest.mark.parametrize("name", list(PRESETS))
def test_each_weather_with_a_name_does_something(name: str) -> None:
    sky = weather(preset=name)
    assert any(one != CALM for one in many(sky, USER)) or sky.ending(USER)


def test_what_is_given_wins_over_the_weather_with_a_name() -> None:
    assert weather(preset="slow-3g", latency="1s").forecast(USER) == Forecast(
        1.0, bytes_per_second=50_000
    )


def test_a_plan_is_written_as_it_can_be_read_again() -> None:
    plan = read_plan(
        {
            "seed": 3,
            "preset": "flaky",
            "limit": "10/min",
            "rules": [
                "GET /a:batch: latency=normal(1s, 2ms), status=500,503, slow-body=2KiB/s, calls=2",
                "*: disconnect=1..2s, disconnect-rate=0.5, close=4001",
            ],
        }
    )
    assert read_plan(plan.as_json()) == plan
    assert plan.rules[0].as_json() == {
        "on": "GET /a:batch",
        "latency": "normal(1s, 2ms)",
        "status": [500, 503],
        "error": 1.0,
        "slow-body": "2048B/s",
        "calls": "2",
    }


@pytest.mark.parametrize(
    ("plan", "pointer", "words"),
    [
        ([], "", "object"),
        ({"latency": "soon"}, "/latency", "'soon' is no time"),
        ({"latency": "300..50ms"}, "/latency", "no time"),
        ({"latency": "2h"}, "/latency", "no time"),
        ({"latency": "-5ms"}, "/latency", "no time"),
        ({"latency": "lognormal(2s, 1s)"}, "/latency", "no time"),
        ({"error": 2}, "/error", "no share"),
        ({"error": "nan"}, "/error", "no share"),
        ({"status": 99}, "/status", "no statuses"),
        ({"slow-body": "fast"}, "/slow-body", "no speed"),
        ({"slow-body": "0KB/s"}, "/slow-body", "no speed"),
        ({"limit": "10/moon"}, "/limit", "no limit"),
        ({"close": 1006}, "/close", "no close code"),
        ({"calls": "0"}, "/calls", "no calls"),
        ({"calls": "3..2"}, "/calls", "no calls"),
        ({"latencies": 1}, "/latencies", "nothing that weather has"),
        ({"preset": "sunny"}, "/preset", "no weather that is known"),
        ({"seed": "x"}, "/seed", "no number"),
        ({"rules": {}}, "/rules", "a list"),
        ({"rules": [{"latency": 1}]}, "/rules/0", "names its operations"),
        ({"rules": ["GET /x"]}, "/rules/0", "no rule"),
        ({"rules": ["*: drip=1"]}, "/rules/0", "nothing that weather has"),
        ({"rules": [{"on": "*", "drop": "x"}]}, "/rules/0/drop", "no share"),
    ],
)
def test_a_mistake_is_told_with_its_place(plan: object, pointer: str, words: str) -> None:
    with pytest.raises(PlanUnreadable) as caught:
        read_plan(plan)
    [problem] = caught.value.problems
    assert problem.pointer == pointer
    assert words in problem.what
    assert problem.remedy.endswith((".", "?"))
    assert words in caught.value.detail


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(PlanUnreadable) as caught:
        read_plan({"eror": 1, "drop": 7, "rules": ["x", {"on": "*", "reset": -1}]})
    found = [one.pointer for one in caught.value.problems]
    assert found == ["/eror", "/drop", "/rules/0", "/rules/1/reset"]
    assert caught.value.problems[0].remedy == "Did you mean error?"
