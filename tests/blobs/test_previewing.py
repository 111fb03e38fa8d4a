"""Previews: each by a process of its own, which is held to its limits."""

import asyncio
import contextlib
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageCms

from altlas_chat.blobs.previewing import LONGEST_SIDE, Limits, Previews, Sides, TooManyPixels
from tests.support.images import claiming, hiding, overflowing, photograph, read, tiresome, written
from tests.support.waiting import until

MIB = 1 << 20
PIXELS = 100_000_000


def workers() -> list[int]:
    """The processes that make previews for this one."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any("preview_worker" in word for word in child.cmdline()):
                found.append(child.pid)
    return found


async def made(
    folder: Path, data: bytes, limits: Limits | None = None, pixels: int = PIXELS
) -> tuple[Sides | None, Image.Image | None]:
    """What is told of an image, and its preview."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(data)
    sides = await Previews(limits).make(source, target, pixels)
    assert not workers()
    return sides, None if sides is None else read(target.read_bytes())


async def test_a_large_image_is_made_small(tmp_path: Path) -> None:
    sides, preview = await made(tmp_path, written(Image.new("RGB", (3000, 1500), "green"), "JPEG"))
    assert sides == (3000, 1500)
    assert preview is not None
    assert (preview.format, preview.size) == ("WEBP", (LONGEST_SIDE, LONGEST_SIDE // 2))


async def test_a_small_image_stays_as_large_as_it_is(tmp_path: Path) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        sides, preview = await made(tmp_path, written(Image.new("RGB", (3, 2), "green"), kind))
        assert preview is not None
        assert sides == preview.size == (3, 2), kind


async def test_it_is_upright_and_says_nothing_of_place_and_camera(tmp_path: Path) -> None:
    sides, preview = await made(tmp_path, photograph())
    assert preview is not None
    assert sides == preview.size == (300, 400)
    red, _, blue = preview.convert("RGB").getpixel((150, 50))
    assert blue > 200 > red
    assert not preview.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(preview.info)
    assert b"Kamera" not in (tmp_path / "target").read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_each_way_to_hold_a_camera(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (40, 20))
    image.paste("white", (0, 0, 20, 10))
    sides, preview = await made(tmp_path, written(image, "PNG", exif=exif))
    assert preview is not None
    assert sides == preview.size == ((40, 20) if orientation < 5 else (20, 40))
    corners = [(5, 3), (-5, 3), (-5, -3), (5, -3), (3, 5), (-3, 5), (-3, -5), (3, -5)]
    x, y = corners[orientation - 1]
    place = x % preview.width, y % preview.height
    assert preview.convert("L").getpixel(place) > 200


async def test_what_shines_through_still_does(tmp_path: Path) -> None:
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (10, 0, 20, 10))
    for data in (written(image), written(image.convert("P"), "GIF", transparency=0)):
        _, preview = await made(tmp_path, data)
        assert preview is not None
        assert preview.mode == "RGBA"
        assert preview.getpixel((2, 5))[3] == 0
        assert preview.getpixel((18, 5))[3] == 255


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_of_an_animation_it_is_the_first_picture(tmp_path: Path, kind: str) -> None:
    first, *others = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green", "blue")]
    data = written(first, kind, save_all=True, append_images=others)
    _, preview = await made(tmp_path, data)
    assert preview is not None
    assert getattr(preview, "n_frames", 1) == 1
    assert preview.convert("RGB").getpixel((4, 4))[0] > 200


async def test_all_sorts_of_pixels(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    dark = Image.new("I;16", (8, 8), 0x4000)
    for name, data, expected in (
        ("16 bits", written(dark), (64, 64, 64)),
        ("1 bit", written(Image.new("1", (8, 8), 1)), (255, 255, 255)),
        ("grey", written(Image.new("LA", (8, 8), (64, 255))), (64, 64, 64)),
        ("of printers", written(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
        ("profile", written(Image.new("RGB", (8, 8), "red"), icc_profile=profile), (255, 0, 0)),
        ("no profile", written(Image.new("RGB", (8, 8), "red"), icc_profile=b"x"), (255, 0, 0)),
    ):
        _, preview = await made(tmp_path, data)
        assert preview is not None, name
        found = preview.convert("RGB").getpixel((4, 4))
        assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < 8, (name, found)


@pytest.mark.parametrize("lie", [claiming, hiding, overflowing])
async def test_too_many_pixels_are_told(tmp_path: Path, lie: Callable[[int, int], bytes]) -> None:
    with pytest.raises(TooManyPixels) as refused:
        await made(tmp_path, lie(50_000, 50_000))
    assert refused.value.count == 2_500_000_000
    assert not (tmp_path / "target").exists()


async def test_the_limit_of_pixels_is_the_one_that_is_given(tmp_path: Path) -> None:
    data = written(Image.new("L", (20, 10)))
    assert (await made(tmp_path, data, pixels=200))[0] == (20, 10)
    with pytest.raises(TooManyPixels):
        await made(tmp_path, data, pixels=199)


@pytest.mark.parametrize(
    "data",
    [
        photograph()[:-1000],
        claiming(9_999, 9_999),
        b"GIF89a\x03\x00\x02\x00",
        b"\x89PNG\r\n\x1a\n",
        b"merhaba",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["cut", "lies", "no picture", "head alone", "text", "a program for printers"],
)
async def test_of_what_is_no_whole_image_there_is_none(tmp_path: Path, data: bytes) -> None:
    assert await made(tmp_path, data) == (None, None)


async def test_memory_ends(tmp_path: Path) -> None:
    data = written(Image.new("RGBA", (5000, 5000)), compress_level=1)
    assert await made(tmp_path, data, Limits(max_bytes=150 * MIB)) == (None, None)
    assert (await made(tmp_path, data))[0] == (5000, 5000)


async def test_the_time_of_the_processor_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert await made(tmp_path, tiresome(), Limits(cpu_seconds=1)) == (None, None)
    assert "no preview (-" in caplog.text


async def test_the_time_by_the_clock_ends(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert await made(tmp_path, tiresome(), Limits(seconds=0.3)) == (None, None)
    assert "took too long" in caplog.text


async def test_who_waits_too_long_for_a_turn_has_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "source").write_bytes(photograph())
    (tmp_path / "slow").write_bytes(tiresome())
    previews = Previews(Limits(at_once=1, patience_seconds=0.2))
    slow = asyncio.ensure_future(previews.make(tmp_path / "slow", tmp_path / "none", PIXELS))
    await until(workers)
    assert await previews.make(tmp_path / "source", tmp_path / "target", PIXELS) is None
    assert "waited too long" in caplog.text
    slow.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await slow


async def test_many_have_their_turns(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(photograph())
    previews = Previews(Limits(at_once=2))
    most = 0

    async def one(number: int) -> Sides | None:
        nonlocal most
        sides = await previews.make(tmp_path / "source", tmp_path / f"{number}", PIXELS)
        most = max(most, len(workers()))
        return sides

    assert set(await asyncio.gather(*map(one, range(8)))) == {(300, 400)}
    assert most <= 2


async def test_whoever_gives_up_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "slow").write_bytes(tiresome())
    previews = Previews(Limits(at_once=1))
    task = asyncio.ensure_future(previews.make(tmp_path / "slow", tmp_path / "none", PIXELS))
    await until(workers)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not workers()
    (tmp_path / "source").write_bytes(photograph())
    assert await previews.make(tmp_path / "source", tmp_path / "target", PIXELS) == (300, 400)


async def test_without_a_program_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert await made(tmp_path, photograph()) == (None, None)


async def test_secrets_stay_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process has no environment: a module there would be loaded, were it not alone."""
    (tmp_path / "PIL.py").write_text("raise SystemExit(9)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert (await made(tmp_path, photograph()))[0] == (300, 400)


def test_the_server_never_loads_a_decoder() -> None:
    code = "import sys, altlas_chat.server.run; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
