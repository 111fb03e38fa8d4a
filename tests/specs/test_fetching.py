"""Addresses are followed when somebody asks for that, and within bounds."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sources import Limits

ROOT = """openapi: 3.1.0
info: {title: Far, version: "1"}
paths: {}
components:
  schemas:
    A: {$ref: sub/a.yaml}
    B: {$ref: /b.json}
"""
PAGES = {
    "/api.yaml": ROOT,
    "/sub/a.yaml": "properties: {b: {$ref: ../b.json}}\n",
    "/b.json": '{"type": "string"}',
    "/escape.yaml": ROOT.replace("sub/a.yaml", "file:///etc/hostname"),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        page = PAGES.get(self.path)
        self.send_response(200 if page else 404)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def far():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_document_from_afar(far):
    document = load_document(f"{far}/api.yaml", fetch=True)
    assert document.data["components"]["schemas"] == {
        "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "B": {"type": "string"},
    }
    assert document.files == (f"{far}/api.yaml", f"{far}/sub/a.yaml", f"{far}/b.json")
    place = document.place("/components/schemas/A/properties/b")
    assert str(place) == f"{far}/sub/a.yaml:1:14"


def test_a_file_refers_to_addresses(far, tmp_path):
    file = tmp_path / "api.yaml"
    file.write_text(
        ROOT.replace("sub/a.yaml", f"{far}/sub/a.yaml").replace("/b.json", f"{far}/b.json")
    )
    with pytest.raises(DocumentUnusable) as caught:
        load_document(str(file))
    assert [one.rule for one in caught.value.findings] == ["reference-to-url"] * 2
    assert "--fetch" in caught.value.remedy
    assert load_document(str(file), fetch=True).data["components"]["schemas"]["B"] == {
        "type": "string"
    }


@pytest.mark.parametrize(
    ("path", "rule", "what"),
    [
        ("/none.yaml", "fetch-failed", "Not Found"),
        ("/escape.yaml", "reference-to-nowhere", "file:///etc/hostname"),
    ],
)
def test_what_can_not_be_fetched(far, path, rule, what):
    with pytest.raises(DocumentUnusable) as caught:
        load_document(far + path, fetch=True)
    (finding,) = caught.value.findings
    assert finding.rule == rule
    assert what in finding.what


def test_too_much_from_afar(far):
    with pytest.raises(DocumentUnusable) as caught:
        load_document(f"{far}/api.yaml", fetch=True, limits=Limits(largest_file=20))
    assert caught.value.findings[0].rule == "file-too-large"


def test_nobody_there():
    with pytest.raises(DocumentUnusable) as caught:
        load_document("http://127.0.0.1:9/api.yaml", fetch=True)
    assert caught.value.findings[0].rule == "fetch-failed"
    with pytest.raises(DocumentUnusable) as caught:
        load_document("http://127.0.0.1:9/api.yaml")
    assert caught.value.findings[0].rule == "reference-to-url"
