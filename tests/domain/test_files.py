"""Names and contents of files."""

import pytest

from altlas_chat.domain.files import INLINE, clean_name, content_of, is_program


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


@pytest.mark.parametrize(
    ("brand", "media_type", "kind"),
    [
        (b"heic", "image/heic", "image"),
        (b"mif1", "image/heic", "image"),
        (b"avif", "image/avif", "image"),
        (b"M4A ", "audio/mp4", "audio"),
        (b"isom", "video/mp4", "video"),
        (b"qt  ", "video/mp4", "video"),
    ],
)
def test_what_phones_make(brand: bytes, media_type: str, kind: str) -> None:
    found = content_of(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0")
    assert (found.media_type, found.kind) == (media_type, kind)
    assert (found.media_type in INLINE) == (kind != "image")


@pytest.mark.parametrize(
    "words",
    [
        "BM Genel Kurulu bugün toplandı.",
        "ID3 is a tag",
        "the ftype of this",
        "MZ harfleriyle başlar.",
        "BZh9 yazıyor",
        "OggS",
        "GIF89a olur mu?",
        "RIFF....WAVE",
    ],
)
def test_words_are_words_whatever_they_begin_with(words: str) -> None:
    head = words.encode()
    assert content_of(head).media_type == "text/plain"
    assert not is_program(head)
    assert is_program(b"MZ\x90\x00\x03")
