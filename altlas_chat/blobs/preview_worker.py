"""A program that makes one preview and ends.

It runs apart from the server, because it decodes what strangers sent: what
goes wrong here takes nothing else down. Its arguments: source, target, longest
side, pixels, bytes of memory, seconds, and the folder where Pillow is.

It ends with ``MADE`` when the target is written, and prints the sides of the
image as it is meant to be seen; with ``TOO_MANY_PIXELS``, and prints how many;
with ``NO_IMAGE`` or ``NO_PILLOW``, and says why on stderr; or by a signal, over its limits.
"""

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as AnImage

MADE, NO_IMAGE, TOO_MANY_PIXELS, NO_PILLOW = 0, 1, 3, 4

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MAX_TARGET_BYTES = 8 * 1024 * 1024
_ORIENTATION = 0x0112
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_LYING = 5
"""From this orientation on, width and height change places."""


def main(source: str, target: str, side: int, pixels: int) -> int:
    """Write ``source`` as a small WebP, turned as it is meant, with nothing else in it."""
    from PIL import Image  # noqa: PLC0415 - the limits hold for its loading, too

    Image.MAX_IMAGE_PIXELS = None  # Refused below, where it is known how many there are.
    with Image.open(source, formats=_FORMATS) as image:
        sides = image.size
        if sides[0] * sides[1] > pixels:
            print(sides[0] * sides[1])  # noqa: T201 - the server reads it
            return TOO_MANY_PIXELS
        orientation = _orientation(image)
        small = _plain(image)
        small.thumbnail((side, side), reducing_gap=2.0)
        small = _in_srgb(small)
    if orientation in _TURNS:
        small = small.transpose(Image.Transpose[_TURNS[orientation]])
        sides = sides[::-1] if orientation >= _LYING else sides
    # A new image has pixels alone: no EXIF, no place, no colour profile, no words.
    clean = Image.new(small.mode, small.size)
    clean.paste(small)
    clean.save(target, "WEBP", quality=80, method=4)
    print(*sides)  # noqa: T201 - the server reads it
    return MADE


def _orientation(image: "AnImage") -> int:
    """How a camera was held (EXIF); 1 is upright."""
    try:
        found = image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - broken EXIF says nothing of the pixels
        return 1
    return found if isinstance(found, int) else 1


def _plain(image: "AnImage") -> "AnImage":
    """The image in a mode that can be made small without spoiling it."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: "AnImage") -> "AnImage":
    """The image in the colours that a file without a profile has."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode != "L":
        from PIL import ImageCms  # noqa: PLC0415 - few need it

        with suppress(Exception):  # A broken profile says nothing of the pixels.
            srgb = ImageCms.createProfile("sRGB")
            found = ImageCms.profileToProfile(image, io.BytesIO(profile), srgb, outputMode=mode)
            image = image if found is None else found
    return image.convert(mode)


def limit(max_bytes: int, seconds: int) -> None:
    """Hold this process to its memory and time, as far as the system can."""
    with suppress(AttributeError, OSError):
        os.nice(10)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # Where memory ends, this goes before the server.
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    for kind, most in (
        ("RLIMIT_AS", max_bytes),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", _MAX_TARGET_BYTES),
        ("RLIMIT_CORE", 0),
    ):
        number = getattr(resource, kind)
        _, hard = resource.getrlimit(number)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # Some systems know it and refuse it.
            resource.setrlimit(number, (wanted, wanted))


if __name__ == "__main__":
    limit(int(sys.argv[5]), int(sys.argv[6]))
    sys.path.append(sys.argv[7])
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    except ImportError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the server reads it
        sys.exit(NO_PILLOW)
    except Exception as error:  # noqa: BLE001 - a decoder raises anything
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the server reads it
        sys.exit(NO_IMAGE)
