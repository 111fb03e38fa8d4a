"""Images for tests: sound ones, and ones that lie."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

HEAD_BYTES = 64 * 1024


def written(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """The bytes of an image's file."""
    data = io.BytesIO()
    image.save(data, kind, **more)
    return data.getvalue()


def read(data: bytes) -> Image.Image:
    """The image of a file, whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def photograph() -> bytes:
    """A JPEG of 400 by 300 whose camera lay on its side: blue is up when it is seen. It tells where."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 0.0, 49.0)})
    image = Image.new("RGB", (400, 300), "red")
    image.paste("blue", (0, 0, 200, 300))
    return written(image, "JPEG", exif=exif, comment=b"evde")


def claiming(width: int, height: int) -> bytes:
    """A PNG of 10 kB whose head says that it has these sides."""

    def part(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", body)


def hiding(width: int, height: int) -> bytes:
    """A JPEG that says its sides behind so much else that its head does not show them."""
    plain = written(Image.new("L", (8, 8)), "JPEG")
    place = plain.index(b"\xff\xc0")
    other = b"\xff\xfe\xff\xff" + b" " * 65_533
    sides = struct.pack(">HH", height, width)
    hidden = plain[:2] + other * 2 + plain[2 : place + 5] + sides + plain[place + 9 :]
    assert b"\xff\xc0" not in hidden[:HEAD_BYTES]
    return hidden


def overflowing(width: int, height: int) -> bytes:
    """A GIF of 3 by 2 pixels whose picture has these sides."""
    screen = struct.pack("<HHBBB", 3, 2, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    picture = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + screen + picture + b";"


def tiresome() -> bytes:
    """A JPEG of 110 kB that is sound and takes seconds: it refines itself 1,500 times."""
    plain = written(Image.new("L", (4000, 4000)), "JPEG", progressive=True)
    end = plain[-2:]
    scan = plain[plain.rindex(b"\xff\xda") : -2]
    return plain[:-2] + scan * 1500 + end
