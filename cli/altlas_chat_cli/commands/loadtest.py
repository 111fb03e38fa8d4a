"""``altlas-chat loadtest …``: is a build fast enough, and did it get worse?

Exit codes: 0 every objective was met and nothing is worse than the baseline;
1 an objective was missed, or messages were lost; 2 the command line or a file
is wrong; 3 a figure is worse than the baseline; 4 the run is void, for the
generator could not keep up; 5 the server can't be tested, or went away; 130
Ctrl-C, with a report of what there was until then.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from altlas_chat_cli import output

app = typer.Typer(
    help="Load a server as its users do, and judge what came of it.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="See `altlas-chat loadtest scenarios`.")]
Users = Annotated[int | None, typer.Option(min=2, help="People who take part.")]
Seed = Annotated[int, typer.Option(help="Repeats who does what when.")]
Url = Annotated[
    str | None,
    typer.Option(
        help="Address of the server, with the base path. Left out, one is started with a"
        " database of its own, and removed afterwards."
    ),
]
People = Annotated[
    Path | None,
    typer.Option(
        help="File of who takes part at --url: a user name and a password on each line. Left"
        " out, accounts are made there, and stay."
    ),
]
Remote = Annotated[
    bool,
    typer.Option("--remote", help="Allow a host that is not this machine; asks once more."),
]
Admin = Annotated[
    str | None,
    typer.Option(
        help="Administrator at --url who may read its figures. The password is that of"
        " ALTLAS_CHAT_PASSWORD, or asked for; or ALTLAS_CHAT_METRICS_TOKEN has an access token or"
        " API key, and this is left out."
    ),
]
# What is secret comes from the environment: a command line can be read by others.
AdminPassword = Annotated[str | None, typer.Option(envvar="ALTLAS_CHAT_PASSWORD", hidden=True)]
MetricsToken = Annotated[str | None, typer.Option(envvar="ALTLAS_CHAT_METRICS_TOKEN", hidden=True)]
Slo = Annotated[
    Path | None,
    typer.Option("--slo", help="File of objectives: which figure must be how much."),
]
Baseline = Annotated[
    list[Path] | None,
    typer.Option(
        "--baseline",
        help="Result of an earlier run to compare with, or a folder of them (its --out);"
        " may be repeated.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for the reports: page, Markdown, CSV, JUnit, and each run's result as JSON."
        " Those of an earlier run there are replaced.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print the outcome only, and nothing on the way.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")]


def _duration(text: str) -> float:
    from altlas_chat_cli.load_asked import seconds_of  # noqa: PLC0415 - so that --help stays quick

    return seconds_of(text)


def _rate(text: str) -> float:
    from altlas_chat_cli.load_asked import rate_of  # noqa: PLC0415 - so that --help stays quick

    return rate_of(text)


@app.command("scenarios", short_help="List the scenarios.")
def scenarios(*, as_json: Json = False) -> None:
    """List the scenarios that can be run, with what they take if nothing else is asked for.

    Exit codes: 0 always.
    """
    from altlas_chat.loadtest.scenarios import SCENARIOS  # noqa: PLC0415

    if as_json:
        output.print_json(
            [
                {"name": one.name, "what": one.what, "users": one.users, "rate": one.rate}
                for one in SCENARIOS.values()
            ]
        )
        return
    width = max(map(len, SCENARIOS))
    for one in SCENARIOS.values():
        output.print_line(f"{one.name:<{width}}  {one.what}")


@app.command("run", short_help="Run a scenario against a server, by default one of its own.")
def run(
    scenario: Name,
    *,
    users: Users = None,
    rate: Annotated[
        float | None,
        typer.Option(parser=_rate, metavar="NUMBER", help="Actions a second, all together."),
    ] = None,
    duration: Annotated[
        float,
        typer.Option(
            parser=_duration, metavar="DURATION", help="Of the load in each run: 30, 30s, 10m, 1h."
        ),
    ] = "30s",  # type: ignore[assignment]  # it is parsed as well
    runs: Annotated[
        int, typer.Option(min=1, help="Runs; four at least to be compared with a baseline.")
    ] = 1,
    seed: Seed = 1,
    url: Url = None,
    people: People = None,
    remote: Remote = False,
    admin: Admin = None,
    admin_password: AdminPassword = None,
    metrics_token: MetricsToken = None,
    engine: Annotated[
        Literal["asyncio", "locust"],
        typer.Option("--engine", help="Who makes the load: our own engine, or Locust's users."),
    ] = "asyncio",
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, help="Locust: processes that share the users."),
    ] = None,
    web: Annotated[
        bool, typer.Option("--web", help="Locust: its web page, where runs are started by hand.")
    ] = False,
    web_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Locust: where its page is, on this machine.")
    ] = 8089,
    master: Annotated[
        bool,
        typer.Option("--master", help="Locust: share the users among workers, and gather results."),
    ] = False,
    expect_workers: Annotated[
        int | None,
        typer.Option(min=1, help="Of --master: begin when so many are there. Default: 1."),
    ] = None,
    worker: Annotated[
        bool,
        typer.Option(
            "--worker", help="Locust: be a worker, of the same scenario and --runs as the master."
        ),
    ] = False,
    master_host: Annotated[
        str | None,
        typer.Option(
            help="Where the master is, or at which address of its own it listens."
            " Default: 127.0.0.1."
        ),
    ] = None,
    master_port: Annotated[int, typer.Option(min=1, max=65534, help="The master's port.")] = 5557,
    slo: Slo = None,
    baseline: Baseline = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run a scenario: people who arrive by chance, whatever became of those before them.

    Each action is counted from the moment it was due, so a server that stalls
    does not hide it; Locust's users wait for each answer before they go on.
    What clients hear is checked: a message that is lost, doubled or out of
    order fails the run. So do failed requests, over one in a hundred, unless an
    objective says how many there may be.

    Exit codes: 0 all is as it should be; 1 an objective was missed, requests
    failed, or messages were lost; 2 the command line or a file is wrong; 3 a figure is worse than
    the baseline; 4 the run is void, for the generator could not keep up; 5 the
    server can't be tested, or went away; 130 Ctrl-C, with a report of what
    there was until then.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat_cli.load_asked import Asked  # noqa: PLC0415
    from altlas_chat_cli.loadtesting import be_worker, run_scenario  # noqa: PLC0415

    asked = Asked(
        scenario=scenario, users=users, rate=rate, seconds=duration, runs=runs, seed=seed, url=url,
        people=people, remote=remote, admin=admin, admin_password=admin_password,
        metrics_token=metrics_token, slo=slo, baseline=tuple(baseline or ()), out=out,
        as_json=as_json, quiet=quiet, engine=engine, processes=processes, web=web,
        web_port=web_port, master=master, expect_workers=expect_workers, worker=worker,
        master_host=master_host, master_port=master_port,
    )  # fmt: skip
    raise typer.Exit(be_worker(asked) if worker else run_scenario(asked))


@app.command("capacity", short_help="Find the highest rate that a server holds.")
def capacity(
    scenario: Name,
    *,
    users: Users = None,
    start: Annotated[
        float | None,
        typer.Option(parser=_rate, metavar="NUMBER", help="Actions a second to begin with."),
    ] = None,
    most: Annotated[
        float,
        typer.Option(
            parser=_rate, metavar="NUMBER", help="Actions a second at which the search ends."
        ),
    ] = "10000",  # type: ignore[assignment]  # it is parsed as well
    duration: Annotated[
        float,
        typer.Option(parser=_duration, metavar="DURATION", help="Of each step: 10, 10s, 1m."),
    ] = "10s",  # type: ignore[assignment]  # it is parsed as well
    seed: Seed = 1,
    url: Url = None,
    people: People = None,
    remote: Remote = False,
    admin: Admin = None,
    admin_password: AdminPassword = None,
    metrics_token: MetricsToken = None,
    slo: Slo = None,
    out: Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find how much a server holds: up by doubling, then halving the doubt.

    A rate is held when every objective is met and no message is lost. Without
    --slo these are: p95 of requests up to 200 ms, p99 of deliveries up to 100
    ms where there are any, and one error in 2,000. Then the resource that
    limits is named, by the server's own figures; those of --url are read with
    --admin.

    Exit codes: 0 it was found; 1 not even a hundredth of the start was held; 2
    the command line or a file is wrong; 4 the generator could not keep up
    before the server did; 5 the server can't be tested, or went away; 130
    Ctrl-C.
    """
    # Loaded here, so that --help stays quick.
    from altlas_chat_cli.finding_capacity import show_capacity  # noqa: PLC0415
    from altlas_chat_cli.load_asked import Asked  # noqa: PLC0415

    asked = Asked(
        scenario=scenario, users=users, rate=start, seconds=duration, seed=seed, url=url,
        people=people, remote=remote, admin=admin, admin_password=admin_password,
        metrics_token=metrics_token, slo=slo, out=out, as_json=as_json, quiet=quiet,
    )  # fmt: skip
    raise typer.Exit(show_capacity(asked, most))


@app.command("compare", short_help="Compare the results of two builds.")
def compare(
    results: Annotated[
        list[Path], typer.Argument(help="Results of the present build, or folders of them.")
    ],
    *,
    baseline: Annotated[
        list[Path],
        typer.Option("--baseline", help="Results of the earlier build, or folders of them."),
    ],
    as_json: Json = False,
) -> None:
    """Say of each figure whether it is worse, better or the same, by an exact test on the runs.

    Four runs a side are the fewest that can tell a difference from chance.

    Exit codes: 0 nothing is worse; 2 a file is no result, or the runs did not do
    the same; 3 something is worse; 4 a run is void.
    """
    from altlas_chat_cli.loadtesting import compare_results  # noqa: PLC0415

    raise typer.Exit(compare_results(results, baseline, as_json=as_json))
