"""Documents of a git revision, and the newest that was released."""

import gc
import subprocess

import pytest

from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.toolkit.diffing.revisions import newest_release, open_revision

ROOT = """openapi: 3.0.3
info: {title: Any, version: 1.0.0}
paths:
  /a:
    get:
      responses:
        '200':
          description: Done.
          content: {application/json: {schema: {$ref: 'parts/a.yaml'}}}
"""


def git(folder, *words):
    names = ("-c", "user.name=Ayşe", "-c", "user.email=ayse@example.org")
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    (tmp_path / "apis" / "parts").mkdir(parents=True)
    (tmp_path / "apis" / "api.yaml").write_text(ROOT, encoding="utf-8")
    part = tmp_path / "apis" / "parts" / "a.yaml"
    part.write_text("type: string\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "First")
    part.write_text("type: integer\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def schema_of(document):
    schema = "/paths/~1a/get/responses/200/content/application~1json/schema"
    return schema, document.resolved(schema)["type"]


def test_a_revision_has_its_own_files_and_names_its_places(repository):
    old, new = open_revision("HEAD:apis/api.yaml"), open_revision("apis/api.yaml")
    assert schema_of(old)[1] == "string"
    assert schema_of(new)[1] == "integer"
    place = old.place(old.target(schema_of(old)[0]) + "/type")
    assert (place.file, place.line) == ("HEAD:apis/parts/a.yaml", 1)
    assert old.source == "HEAD:apis/api.yaml"


def test_what_was_taken_out_of_git_is_gone_with_its_document(repository, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "apis"))
    document = open_revision("HEAD:apis/api.yaml")
    (folder,) = (tmp_path / "apis").glob("altlas-chat-*")
    assert document.place("/paths").line == 3
    del document
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(
    "source", ["HEAD:apis/none.yaml", "no-such-revision:apis/api.yaml", "HEAD:nowhere/a.yaml"]
)
def test_what_git_does_not_have_is_a_finding(repository, source):
    with pytest.raises(DocumentUnusable) as refusal:
        open_revision(source)
    assert refusal.value.findings[0].rule in ("no-revision", "no-such-file")
    assert source.partition(":")[2] in str(refusal.value.findings[0].place)


def test_the_newest_release_is_that_of_the_greatest_version(tmp_path):
    assert newest_release(tmp_path, "openapi") is None
    for name in ("openapi-1.9.0.json", "openapi-1.10.0.json", "asyncapi-2.0.0.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert newest_release(tmp_path, "openapi") == tmp_path / "openapi-1.10.0.json"
    (tmp_path / "2.0.0").mkdir()
    (tmp_path / "2.0.0" / "openapi.json").write_text("{}", encoding="utf-8")
    assert newest_release(tmp_path, "openapi") == tmp_path / "2.0.0" / "openapi.json"
