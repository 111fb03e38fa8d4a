"""The wheel, installed into an empty environment: whole, and nothing of the checkout is needed."""

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("contracts", "fixtures", "loadtests")
COMMANDS = (
    (),
    ("serve",),
    ("migrate",),
    ("migrate", "up"),
    ("migrate", "status"),
    ("seed",),
    ("talk",),
    ("config",),
    ("config", "show"),
    ("config", "check"),
    ("mock",),
    ("contract",),
    ("contract", "validate"),
    ("contract", "lint"),
    ("contract", "bundle"),
    ("contract", "diff"),
    ("contract", "docs"),
    ("contract", "collection"),
    ("contract", "examples"),
    ("contract", "test"),
)
ON_OUR_OWN_CONTRACT = (
    ("mock", "--self-check"),
    ("contract", "validate"),
    ("contract", "lint"),
    ("contract", "bundle", "-o", "bundles"),
    ("contract", "diff"),
    ("contract", "docs", "-o", "site"),
    ("contract", "collection", "-o", "collection.json"),
)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program that must succeed, without anything that leads to the checkout."""
    kept = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251
        if not name.startswith(("ALTLAS_CHAT_", "PYTHON", "VIRTUAL_ENV", "COV_"))
    }
    done = subprocess.run(words, cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done


@dataclass
class Installation:
    """An environment that holds the wheel and what it depends on, and nothing else."""

    folder: Path
    programs: Path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder, self.programs / program, *words)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(folder, sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    run(folder, sys.executable, "-m", "venv", "env")
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    run(folder, programs / "python", "-m", "pip", "install", "-q", wheel)
    return Installation(folder, programs)


def test_the_wheel_has_the_packages_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    (info,) = [top for top in tops if top.endswith(".dist-info")]
    assert tops == {"altlas_chat", "altlas_chat_cli", info}
    assert "altlas_chat/py.typed" in names
    assert f"{info}/licenses/LICENSE" in names
    for name in (
        "client.js",
        "client.d.ts",
        "package.json",
        "client/state.js",
        "client/contract.d.ts",
    ):
        assert f"altlas_chat/client/javascript/{name}" in names
    for folder in FOLDERS:
        inside = {name for name in names if name.startswith(f"altlas_chat/_data/{folder}/")}
        assert inside, f"{folder} is not in the wheel"
    assert not [name for name in names if name.endswith((".db", ".pyc"))]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(installation: Installation, words: tuple[str, ...]) -> None:
    assert "Usage: altlas-chat" in installation.run("altlas-chat", *words, "--help").stdout


def test_the_settings_are_shown(installation: Installation) -> None:
    assert "port = 8765   (default)" in installation.run("altlas-chat", "config", "show").stdout


def test_a_database_can_be_made(installation: Installation) -> None:
    database = f"sqlite:///{installation.folder / 'new.db'}"
    installation.run("altlas-chat", "migrate", "up", "--database", database)
    assert (installation.folder / "new.db").exists()


@pytest.mark.parametrize("words", [(), ("--messages", "100")], ids=["demo", "volume"])
def test_a_database_can_be_filled(installation: Installation, words: tuple[str, ...]) -> None:
    database = f"sqlite:///{installation.folder / 'filled.db'}"
    assert (
        "merhaba-dunya"
        in installation.run("altlas-chat", "seed", "--database", database, *words).stdout
    )


@pytest.mark.parametrize("words", ON_OUR_OWN_CONTRACT, ids=" ".join)
def test_the_tools_work_on_the_contract_that_is_installed(
    installation: Installation, words: tuple[str, ...]
) -> None:
    installation.run("altlas-chat", *words)


def test_a_document_of_somebody_goes_through_the_tools(installation: Installation) -> None:
    (installation.folder / "tea.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: Tea, version: 1.0.0}\n"
        "paths: {/tea: {get: {responses: {200: {description: Tea}}}}}\n"
    )
    for words in (
        ("mock", "tea.yaml", "--self-check"),
        ("contract", "validate", "tea.yaml"),
        ("contract", "bundle", "tea.yaml", "-o", "tea.json"),
        ("contract", "diff", "tea.yaml", "tea.json"),
        ("contract", "examples", "tea.yaml"),
        ("contract", "docs", "tea.yaml", "-o", "tea"),
    ):
        installation.run("altlas-chat", *words)
    assert (installation.folder / "tea" / "assets" / "swagger-ui-bundle.js").exists()


@pytest.mark.parametrize("name", FOLDERS)
def test_the_data_is_found_where_it_is_installed(installation: Installation, name: str) -> None:
    code = f"from altlas_chat.data import data_folder; print(data_folder({name!r}))"
    found = Path(installation.run("python", "-c", code).stdout.strip())
    assert found.is_dir()
    assert (installation.folder / "env").resolve() in found.resolve().parents


def test_the_types_are_there_for_others_to_check(installation: Installation) -> None:
    code = "import altlas_chat, pathlib; print(pathlib.Path(altlas_chat.__file__).with_name('py.typed'))"
    assert Path(installation.run("python", "-c", code).stdout.strip()).exists()


_MAKE_PREVIEW = """
import asyncio, pathlib
from PIL import Image
from altlas_chat.blobs.previewing import Previews
source, target = pathlib.Path("source.jpg"), pathlib.Path("target.webp")
Image.new("RGB", (900, 600)).save(source)
print(*asyncio.run(Previews().make(source, target, 10**6)), Image.open(target).size)
"""


def test_previews_are_made_by_what_is_installed(installation: Installation) -> None:
    made = installation.run("python", "-W", "error", "-c", _MAKE_PREVIEW).stdout
    assert made.strip() == "900 600 (512, 341)"


_IMPORT_ALL = """
import importlib, pkgutil
for name in ("altlas_chat", "altlas_chat_cli"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not module.name.endswith(".__main__"):
            print(importlib.import_module(module.name).__name__)
"""


def test_every_module_can_be_imported_with_what_the_wheel_depends_on(
    installation: Installation,
) -> None:
    imported = installation.run("python", "-W", "error", "-c", _IMPORT_ALL).stdout.split()
    assert {"altlas_chat.server.run", "altlas_chat_cli.main"} <= set(imported)
