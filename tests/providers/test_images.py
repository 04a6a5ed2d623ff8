"""Pictures are opened with care, made anew, and carry nothing of what hid in them."""

import io
import resource
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from practice.providers import images
from practice.providers.images import BadImage, checked_type, picture_type, portrait


def written(image, kind="JPEG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(size=(800, 600), colour=(200, 30, 30)):
    return Image.new("RGB", size, colour)


def png_bomb(side):
    """A PNG whose header promises side x side pixels in a few hundred bytes."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(800, 600), (600, 800), (128, 128), (3000, 200)])
def test_a_portrait_is_a_square_in_two_sizes(kind, size):
    made = portrait(written(photo(size), kind))

    for content, side in ((made.large, 512), (made.small, 96)):
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("WEBP", (side, side))


def test_nothing_that_hid_in_the_file_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "taken at Kilmainham 12"
    exif.get_ifd(0x8825)[1] = "N"
    content = (
        written(photo(), exif=exif, comment=b"my secret", icc_profile=b"profile-words") + b"<script>alert(1)</script>"
    )

    made = portrait(content)

    for each in (made.large, made.small):
        assert all(
            word not in each for word in (b"Kilmainham", b"secret", b"script", b"profile-words", b"EXIF", b"ICCP")
        )


def test_a_picture_on_its_side_is_put_upright():
    image = Image.new("RGB", (800, 800), "white")
    image.paste((255, 0, 0), (0, 0, 800, 400))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down

    with Image.open(io.BytesIO(portrait(written(image, exif=exif)).large)) as upright:
        assert upright.getpixel((256, 480))[0] > 200
        assert upright.getpixel((256, 480))[1] < 60


def test_what_is_clear_becomes_white():
    with Image.open(io.BytesIO(portrait(written(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG")).large)) as image:
        assert min(image.getpixel((256, 256))) > 250


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1", "I;16"])
def test_pictures_of_other_colour_kinds_are_taken(mode):
    kind = "JPEG" if mode in ("L", "CMYK") else "PNG"
    image = photo().convert("L").convert("I").convert("I;16") if mode == "I;16" else photo().convert(mode)

    assert portrait(written(image, kind)).small


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"\x00" * 50,
        b"%PDF-1.4",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        written(photo())[:2000],
        written(photo(), "PNG")[:300],
        written(photo(), "GIF"),
        written(photo(), "BMP"),
        written(photo(), "TIFF"),
        written(photo((100, 600))),
    ],
    ids=range(16),
)
def test_what_is_no_photo_is_refused_with_a_sentence(content):
    with pytest.raises(BadImage) as refusal:
        portrait(content)

    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("side", [5000, 30_000, 65_000])
def test_a_bomb_is_refused_before_it_unfolds(side):
    tracemalloc.start()

    with pytest.raises(BadImage, match="too many pixels"):
        portrait(png_bomb(side))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
    assert picture_type(png_bomb(side)) is None


@pytest.mark.parametrize("size", [(5712, 4284), (8660, 5770)])
@pytest.mark.parametrize("progressive", [False, True])
def test_what_telephones_take_becomes_a_portrait_in_little_memory(size, progressive):
    content = written(Image.new("RGB", size, (90, 60, 30)), progressive=progressive)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert picture_type(content) == "jpg"
    assert portrait(content).small
    # Kilobytes, above what this test itself held while it made the picture: never the whole one decoded once more.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000 + 200_000 * progressive


def test_a_photo_with_a_second_picture_in_it_is_a_photo():
    content = written(photo(), "MPO", save_all=True, append_images=[photo((400, 300))])

    assert picture_type(content) == "jpg"
    assert portrait(content).small


def test_the_reason_of_each_refusal_is_true():
    for content, reason in [
        (png_bomb(5000), "Save it as JPG"),
        (png_bomb(30_000), "50 megapixels"),
        (written(photo())[:2000], "damaged"),
        (b"GIF89a", "JPG, PNG and WebP"),
    ]:
        with pytest.raises(BadImage, match=reason):
            checked_type(content)


def test_the_type_is_told_by_content_alone():
    assert picture_type(written(photo())) == "jpg"
    assert picture_type(written(photo(), "PNG")) == "png"
    assert picture_type(b"GIF89a") is None


def test_a_png_whose_words_unfold_into_megabytes_is_no_picture():
    words = b"comment\0\0" + zlib.compress(b"a" * 3_000_000)
    chunk = struct.pack(">I", len(words)) + b"zTXt" + words + struct.pack(">I", zlib.crc32(b"zTXt" + words))
    whole = written(photo(), "PNG")
    after_header = 33  # signature and IHDR

    assert picture_type(whole) == "png"
    assert picture_type(whole[:after_header] + chunk + whole[after_header:]) is None


# ---------------------------------------------------------------- small files that ask for much work


def segment(marker, body):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def layered(scans, between=b"", side=64):
    """A progressive JPEG of so many empty scans, each decoded at full size; `between` before each."""
    blocks = (side // 8) ** 2
    bits = "011111111111111" * -(-blocks // 32767)
    bits += "1" * (-len(bits) % 8)
    empty = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)).replace(b"\xff", b"\xff\0")
    frame = segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0")
    tables = segment(0xDB, b"\0" + b"\1" * 64) + segment(0xC4, b"\0\1" + b"\0" * 15 + b"\0")
    tables += segment(0xC4, b"\x10\1" + b"\0" * 15 + b"\xe0")
    first = segment(0xDA, b"\1\1\0\0\0\0") + b"\0" * (-(-blocks // 8))
    scan = between + segment(0xDA, b"\1\1\0\1\x3f\x10") + empty
    return b"\xff\xd8" + frame + tables + first + scan * scans + b"\xff\xd9"


@pytest.mark.parametrize(
    "between",
    [b"", b"\xff" * 9, b"\xff\x00", b"zeros\0", b"\xff\xd3", segment(0xFE, b"words"), segment(0xE1, b"\xff\xd9")],
    ids=range(7),
)
def test_a_jpeg_of_more_layers_than_any_camera_writes_is_refused_before_it_is_decoded(between):
    for look in (checked_type, portrait):
        with pytest.raises(BadImage, match="too many layers"):
            look(layered(200, between))


def test_a_jpeg_with_the_layers_that_programs_write_is_a_picture():
    assert checked_type(layered(12)) == "jpg"
    assert checked_type(written(photo(), progressive=True)) == "jpg"


def test_what_lies_in_a_part_or_behind_the_end_of_a_jpeg_is_no_layer_of_it():
    content = written(photo())
    film = segment(0xDA, b"") * 500

    assert checked_type(content[:2] + segment(0xE1, film) + content[2:]) == "jpg"
    assert checked_type(content + film) == "jpg"


def parts(kind, number):
    """A picture with so many empty parts that mean nothing."""
    if kind == "PNG":
        whole = written(photo(), kind)
        return (
            whole[:33] + (struct.pack(">I", 0) + b"noTe" + struct.pack(">I", zlib.crc32(b"noTe"))) * number + whole[33:]
        )
    if kind == "JPEG":
        whole = written(photo())
        return whole[:2] + segment(0xFE, b"") * number + whole[2:]
    whole = written(photo(), kind) + b"noTe\0\0\0\0" * number
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_more_parts_than_any_program_writes_is_refused(kind):
    assert picture_type(parts(kind, 1000))
    with pytest.raises(BadImage, match="too many layers"):
        checked_type(parts(kind, 20_000))


def test_whoever_waits_too_long_for_their_turn_hears_that_and_no_wrong_reason(monkeypatch):
    monkeypatch.setattr(images, "TURN", 0.01)
    with images._ONE:
        for look in (checked_type, portrait, picture_type):
            with pytest.raises(BadImage, match="Many people are sending pictures"):
                look(written(photo()))

    assert checked_type(written(photo())) == "jpg"
