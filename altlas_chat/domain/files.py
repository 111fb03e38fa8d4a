"""Files: what a name may be, what the content says it is, what is told of one."""

import re
import struct
import unicodedata
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from altlas_chat.domain.inputs import Input, OpaqueId
from altlas_chat.domain.times import rfc3339

HEAD_BYTES = 64 * 1024
"""How much of a file's beginning decides what it is."""

MAX_NAME_CHARACTERS = 255
MAX_SIDE = 1_000_000
"""Of an image, in pixels; of one with a longer side no sides are told."""

Variant = Literal["original", "preview"]
FileKind = Literal["image", "video", "audio", "document", "archive", "other"]

INLINE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/flac",
        "audio/mp4",
        "video/mp4",
        "video/webm",
    }
)
"""What a browser shows and never runs; all others are an attachment."""


class StoredFile(NamedTuple):
    """What is known of an uploaded file."""

    file_id: str
    owner_id: str
    conversation_id: str | None
    name: str
    media_type: str
    kind: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_ms: int | None
    has_preview: bool
    created_at: int

    def as_json(self) -> dict[str, Any]:
        """What the contract calls ``File``."""
        return {
            "id": self.file_id,
            "ownerId": self.owner_id,
            "conversationId": self.conversation_id,
            "name": self.name,
            "mediaType": self.media_type,
            "kind": self.kind,
            "sizeBytes": self.size_bytes,
            "sha256": self.sha256,
            "width": self.width,
            "height": self.height,
            "durationMs": self.duration_ms,
            "hasPreview": bool(self.has_preview),
            "createdAt": rfc3339(self.created_at),
        }


class SharedFile(NamedTuple):
    """A file where a message carries it; ``seq`` and ``ordinal`` are its place there."""

    file: StoredFile
    message_id: str
    seq: int
    ordinal: int
    sender_id: str
    shared_at: int

    def as_json(self) -> dict[str, Any]:
        """What the contract calls ``SharedFile``."""
        return {
            **self.file.as_json(),
            "messageId": self.message_id,
            "messageSeq": self.seq,
            "senderId": self.sender_id,
            "sharedAt": rfc3339(self.shared_at),
        }


class StoredBytes(NamedTuple):
    """Under which key some bytes are, and how many."""

    key: str
    size_bytes: int


class KeptFile(NamedTuple):
    """A file, the key of its bytes, and its preview if it has one."""

    file: StoredFile
    storage_key: str
    preview: StoredBytes | None


class AvatarChoice(Input):
    """The image that stands for a person from now on."""

    file_id: OpaqueId


class FileLinkRequest(Input):
    """What a link opens, and for how long."""

    variant: Variant = "original"
    expires_in_seconds: Annotated[int, Field(ge=10, le=3600)] = 300


class Content(NamedTuple):
    """What the bytes of a file are."""

    media_type: str
    kind: str
    width: int | None = None
    height: int | None = None


def clean_name(name: str) -> str:
    """A name that can be shown and saved: no folders, no control signs, no turned writing.

    What is left of a name may be nothing; it is ``file`` then. A long one
    keeps its ending.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    seen = seen.strip(" .")
    if len(seen) > MAX_NAME_CHARACTERS:
        stem, dot, ending = seen.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 10 else ""
        seen = seen[: MAX_NAME_CHARACTERS - len(tail)] + tail
    return seen or "file"


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_SIGNS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF-", "application/pdf", "document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "document"),
    (0, b"{\\rtf", "application/rtf", "document"),
    (0, b"BM", "image/bmp", "image"),
    (0, b"II*\x00", "image/tiff", "image"),
    (0, b"MM\x00*", "image/tiff", "image"),
    (0, b"ID3", "audio/mpeg", "audio"),
    (0, b"OggS", "audio/ogg", "audio"),
    (0, b"fLaC", "audio/flac", "audio"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "video"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "archive"),
    (0, b"\x1f\x8b", "application/gzip", "archive"),
    (0, b"BZh", "application/x-bzip2", "archive"),
    (0, b"\xfd7zXZ\x00", "application/x-xz", "archive"),
    (257, b"ustar", "application/x-tar", "archive"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BRANDS = {
    **dict.fromkeys((b"M4A ", b"M4B "), ("audio/mp4", "audio")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), ("image/heic", "image")),
    **dict.fromkeys((b"avif", b"avis"), ("image/avif", "image")),
}
_IN_ZIP = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)


def is_program(head: bytes) -> bool:
    """Whether a system would run a file that begins so."""
    return head.startswith(_PROGRAMS) and not _is_words(head)


def content_of(head: bytes) -> Content:
    """What a file is by its first bytes; never what its name or its sender says.

    What a browser would run (HTML, SVG, scripts) is plain text here, and so are
    words that happen to begin like something else.
    """
    if _is_words(head) and not head.startswith(_WRITTEN):
        return Content("text/plain", "document")
    for look in (_image, _by_container, _by_sign):
        found = look(head)
        if found is not None:
            return found
    return Content("application/octet-stream", "other")


def _is_words(head: bytes) -> bool:
    """Whether it can be read: no sound, image or program can, from its first bytes on."""
    return not _CONTROLS.intersection(head) and _is_utf8(head)


_CONTROLS = frozenset({*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)})
_WRITTEN = (b"%PDF-", b"{\\rtf")
"""What some documents begin with that are written in letters."""


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The head may end inside a sign.
        return len(head) >= HEAD_BYTES and error.start > len(head) - 4
    return True


def _by_sign(head: bytes) -> Content | None:
    for place, sign, media_type, kind in _SIGNS:
        if head[place : place + len(sign)] == sign:
            return Content(media_type, kind)
    return None


def _by_container(head: bytes) -> Content | None:  # noqa: PLR0911 - one for each container
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Content("audio/wav", "audio")
    if head[4:8] == b"ftyp":
        return Content(*_BRANDS.get(head[8:12], ("video/mp4", "video")))
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        for name, media_type in _IN_ZIP:
            if b"[Content_Types].xml" in head and name in head:
                return Content(media_type, "document")
        if head[30:60].startswith(b"mimetypeapplication/vnd.oasis"):
            return Content("application/vnd.oasis.opendocument", "document")
        return Content("application/zip", "archive")
    if len(head) > 2 and head[0] == 0xFF and head[1] in (0xFB, 0xF3, 0xF2):
        return Content("audio/mpeg", "audio")
    return None


def _image(head: bytes) -> Content | None:
    sides: tuple[int, int] | None = None
    if head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:16] == b"IHDR" and len(head) >= 24:
        media_type, sides = "image/png", struct.unpack(">II", head[16:24])
    elif head[:6] in (b"GIF87a", b"GIF89a") and len(head) >= 10:
        media_type, sides = "image/gif", struct.unpack("<HH", head[6:10])
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        media_type, sides = "image/webp", _webp_sides(head)
    elif head[:3] == b"\xff\xd8\xff":
        media_type, sides = "image/jpeg", _jpeg_sides(head)
    else:
        return None
    if sides is None or not all(0 < side <= MAX_SIDE for side in sides):
        return Content(media_type, "image")
    return Content(media_type, "image", *sides)


def _webp_sides(head: bytes) -> tuple[int, int] | None:
    if len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        packed = head[24:30]
        return 1 + int.from_bytes(packed[:3], "little"), 1 + int.from_bytes(packed[3:], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_sides(head: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
    return None
