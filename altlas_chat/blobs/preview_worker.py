"""A program that makes one preview and ends.

Its arguments: source, target, longest side, pixels, bytes of memory, seconds.
It runs apart from the server, because it decodes what strangers sent: what
goes wrong here takes nothing else down. It ends with 0 when TARGET is written.
"""

import sys
import warnings


def main(source: str, target: str, side: int, pixels: int) -> int:
    """Write ``source`` as a small WebP, turned as it is meant, with nothing else in it."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - the limits hold for its loading, too

    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(source, formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
        if image.width * image.height > pixels:
            return 3
        image.draft("RGB", (2 * side, 2 * side))
        turned = ImageOps.exif_transpose(image)
        has_holes = turned.has_transparency_data
        plain = turned.convert("RGBA" if has_holes else "RGB")
    plain.thumbnail((side, side))
    # A new image has pixels alone: no EXIF, no place, no colour profile, no words.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    clean.save(target, "WEBP", quality=80, method=4)
    return 0


def limit(max_bytes: int, seconds: int) -> None:
    """Hold this process to its memory and time, where the system can."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit(int(sys.argv[5]), int(sys.argv[6]))
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    except Exception as error:  # noqa: BLE001 - a decoder raises anything
        sys.exit(f"{type(error).__name__}: {error}")
