"""Names and contents of files."""

import pytest

from altlas_chat.domain.files import clean_name, content_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a\x00b\r\n.txt", "ab.txt"),
        ("\x07", "file"),
        ("x" * 300, "x" * 255),
        ("C:\\\\windows\\\\win.ini", "win.ini"),
        ("\u2067evil\u2069.pdf", "evil.pdf"),
    ],
)
def test_names(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize("length", range(40))
@pytest.mark.parametrize(
    "start",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8X",
        b"\xff\xd8\xff\xc0",
        b"PK\x03\x04",
    ],
)
def test_a_beginning_that_is_cut_is_no_trouble(start: bytes, length: int) -> None:
    assert content_of((start + b"\xff" * 40)[:length]).kind
