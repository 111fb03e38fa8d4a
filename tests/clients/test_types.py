"""The types of the JavaScript client are those of the contract and of the client."""

import json
import re
import subprocess

from altlas_chat.contract import typescript
from altlas_chat.contract.documents import load_asyncapi, load_openapi
from altlas_chat.data import client_folder
from tests.support.driving import node

FOLDER = client_folder()
TYPES = (FOLDER / "client.d.ts").read_text(encoding="utf-8")
_CLASS = re.compile(r"^export class (\w+)[^{]*\{(\}|.*?^\})", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r"^  (?:get )?(\w+)(\??)(?:<[^(]*>)?([(:])", re.MULTILINE)

_INTROSPECT = """
const client = await import(process.argv[1]);
const members = (one) => Object.getOwnPropertyNames(one.prototype).filter((name) => name !== "constructor");
console.log(JSON.stringify(Object.fromEntries(Object.entries(client).map(([name, one]) => [name, members(one)]))));
"""


def exported() -> dict[str, list[str]]:
    """The classes of the module, with their methods."""
    command = [*node(), "--input-type=module", "-e", _INTROSPECT]
    command.append((FOLDER / "client.js").as_uri())
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_what_the_server_gives_is_typed_as_the_contract_says() -> None:
    assert typescript.main(["--check"]) == 0, "python -m altlas_chat.contract.typescript --write"
    made = typescript.FILE.read_text(encoding="utf-8")
    for message in load_asyncapi()["components"]["messages"].values():
        if message["x-kind"] in ("command", "event", "passing"):
            name = message["name"]
            assert f"  {json.dumps(name) if '.' in name else name}: " in made
    for methods in load_openapi()["paths"].values():
        for operation in methods.values():
            if "operationId" in operation:
                assert f"  {operation['operationId']}: {{ method: " in made


def test_the_check_finds_what_is_stale(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(typescript, "FILE", tmp_path / "contract.d.ts")
    assert typescript.main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert typescript.main(["--write"]) == 0
    assert typescript.main(["--check"]) == 0
    (tmp_path / "contract.d.ts").write_text("export {};\n")
    assert typescript.main(["--check"]) == 1
    assert typescript.main([]) == 2


def test_every_class_and_method_has_its_type_and_every_type_its_method() -> None:
    declared = {
        match[1]: {name for name, _, _ in _MEMBER.findall(match[2]) if name != "constructor"}
        for match in _CLASS.finditer(TYPES)
    }
    there = exported()
    assert set(declared) == set(there)
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.js"))
    for name, methods in there.items():
        missing = set(methods) - declared[name]
        assert not missing, f"{name} has no type for {sorted(missing)}"
        for member in declared[name] - set(methods):  # what is no method is set on the object
            assert re.search(rf"\b{member}\b", sources), f"{name} has no {member}"


def test_it_names_every_module_it_is_made_of() -> None:
    """What is imported is there, and what is there is imported: nothing comes from elsewhere."""
    imported = {"client.js"}
    for path in FOLDER.rglob("*.js"):
        for place in re.findall(r"from \"([^\"]+)\"", path.read_text(encoding="utf-8")):
            if "https://chat.example.org" in place:
                continue  # in a comment that shows how it is used
            assert place.startswith("./"), f"{path.name} imports {place}"
            imported.add((path.parent / place).resolve().relative_to(FOLDER).as_posix())
    assert imported == {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js")}
