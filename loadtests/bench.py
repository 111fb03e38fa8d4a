"""The command: ``python -m loadtests``, or this file by its path, also in the installed package."""

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from loadtests.harness import Cores, Plan, Row, machine, say, table

BENCHMARKS = (
    "deflate",
    "delivery",
    "durable",
    "durable_pg",
    "engine",
    "fanout",
    "files",
    "heartbeats",
    "history",
    "memory",
    "mock",
    "presence",
    "reads",
    "rest",
    "slow",
    "startup",
    "storm",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that were asked for; the table goes to stdout, progress to stderr."""
    options = _parser().parse_args(arguments)
    if not sys.platform.startswith("linux"):
        say("The benchmarks read /proc and pin processes to cores: they run on Linux only.")
        return 2
    names = tuple(dict.fromkeys(options.benchmarks))
    if not names or "all" in names:
        names = BENCHMARKS
    cores = Cores.find()
    if cores.server == cores.generator:
        say("There is one core only: server and load share it, and the ratios mean little.")
    cores.claim()
    plan = Plan(options.folder, cores, options.runs, options.scale, options.keep, options.database)
    facts = machine(options.folder)
    if facts["disk"] in ("tmpfs", "ramfs"):
        say(f"{options.folder} is kept in memory: nothing is durable there. Use --folder.")
    rows: list[Row] = []
    for name in names:
        rows.extend(importlib.import_module(f"loadtests.{name}").measure(plan))
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    print(f"median of {plan.runs} runs (lowest–highest), scale {plan.scale:g}\n")
    print(table(rows))
    missed = [row for row in rows if row.is_met is False]
    print("All targets met." if not missed else f"{len(missed)} targets missed.")
    if options.json:
        document = {"machine": facts, "scale": plan.scale, "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return 1 if missed and options.enforce else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loadtests",
        description="Benchmarks of altlas-chat against floors that are measured in the same run.",
    )
    names = ", ".join(BENCHMARKS)
    parser.add_argument(
        "benchmarks", nargs="*", type=_name, metavar="NAME", help=f"{names}, or all (the default)"
    )
    parser.add_argument("--runs", type=_positive, default=3, help="runs of each (default 3)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="smaller numbers of everything, for a quick look"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where the databases are made, on the disk to be measured; they are removed",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep the database of `reads` there, to use again",
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="`reads` fills and reads this database of PostgreSQL, and leaves it there",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--enforce", action="store_true", help="exit with 1 if a target is missed")
    return parser


def _name(text: str) -> str:
    if text not in ("all", *BENCHMARKS):
        raise argparse.ArgumentTypeError(f"there is no benchmark {text}")
    return text


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
