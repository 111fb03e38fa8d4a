"""Autobahn's WebSocket suite against the product's sockets.

``python -m tests.conformance.autobahn WSTEST...`` where WSTEST is the command
that starts Autobahn's ``wstest`` (it needs Python 2.7, so it is not among the
test dependencies: ``docs/testing.md``). Prints how many cases ended how, and
those that failed; ends with 1 if there is one.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
"""Framing, pings, reserved bits, opcodes, fragmentation, UTF-8, closing, auto-fragmentation.

9.* measure speed; 12.* and 13.* are of compression, which the server does not offer.
"""

GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}
PATIENCE_SECONDS = 300


def run(wstest: list[str], folder: Path) -> dict[str, str]:
    """How each case ended; of the behaviour and of the closing the worse."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.conformance.echo"], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            spec = {
                "outdir": str(folder),
                "servers": [{"agent": "altlas-chat", "url": url}],
                "cases": CASES,
                "exclude-cases": [],
                "exclude-agent-cases": {},
            }
            (folder / "spec.json").write_text(json.dumps(spec))
            subprocess.run(
                [*wstest, "-m", "fuzzingclient", "-s", str(folder / "spec.json")],
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=PATIENCE_SECONDS,
            )
        finally:
            server.terminate()
    found = json.loads((folder / "index.json").read_text())["altlas-chat"]
    return {
        case: max(one["behavior"], one["behaviorClose"], key=lambda word: word not in GOOD)
        for case, one in found.items()
    }


def main() -> int:
    if not sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        ends = run(sys.argv[1:], Path(folder))
    print(", ".join(f"{count} {end}" for end, count in Counter(ends.values()).most_common()))
    failed = [case for case, end in ends.items() if end not in GOOD]
    for case in failed:
        print(f"case {case}: {ends[case]}")
    return 1 if failed or not ends else 0


if __name__ == "__main__":
    sys.exit(main())
