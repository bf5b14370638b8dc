"""Finds the Debian fonts that the sample letters are set in.

Knows file names and packages only; how a face is used is the business of `typeset` and `ink`.
Faces were chosen because every Vietnamese letter is in them (fonts-liberation 1.x lacks most of
them); the handwriting faces are used for figures and Latin letters without marks alone.
"""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONT_ROOT = Path("/usr/share")

_CROSCORE = ("fonts-croscore", "fonts/truetype/croscore")
_TEXGYRE = ("fonts-texgyre", "texmf/fonts/opentype/public/tex-gyre")
_DKG = ("fonts-dkg-handwriting", "fonts/truetype/fifthhorseman")
_SJ = ("fonts-sjfonts", "fonts/truetype/sjfonts")
_BREIP = ("fonts-breip", "fonts/truetype/breip")
_BWHT = ("fonts-bwht", "fonts/opentype/bwht")

# face -> (Debian package, folder, file)
FACES: dict[str, tuple[str, str, str]] = {
    "times": (*_CROSCORE, "Tinos-Regular.ttf"),
    "times-bold": (*_CROSCORE, "Tinos-Bold.ttf"),
    "times-italic": (*_CROSCORE, "Tinos-Italic.ttf"),
    "times-bold-italic": (*_CROSCORE, "Tinos-BoldItalic.ttf"),
    "termes": (*_TEXGYRE, "texgyretermes-regular.otf"),
    "termes-bold": (*_TEXGYRE, "texgyretermes-bold.otf"),
    "termes-italic": (*_TEXGYRE, "texgyretermes-italic.otf"),
    "termes-bold-italic": (*_TEXGYRE, "texgyretermes-bolditalic.otf"),
    "typewriter": (*_TEXGYRE, "texgyrecursor-regular.otf"),
    "typewriter-bold": (*_TEXGYRE, "texgyrecursor-bold.otf"),
    "typewriter-italic": (*_TEXGYRE, "texgyrecursor-italic.otf"),
    "typewriter-bold-italic": (*_TEXGYRE, "texgyrecursor-bolditalic.otf"),
    "sans": (*_CROSCORE, "Arimo-Regular.ttf"),
    "sans-bold": (*_CROSCORE, "Arimo-Bold.ttf"),
    "hand-round": (*_DKG, "dkg.ttf"),
    "hand-slanted": (*_DKG, "dkgIt.ttf"),
    "hand-tall": (*_SJ, "SteveHand.ttf"),
    "hand-light": (*_BREIP, "Breip.ttf"),
    "hand-upright": (*_BWHT, "BecauseWeOrganize-Regular.otf"),
}


class MissingFontsError(Exception):
    """Some Debian font packages are not installed; the message names them."""


def missing_packages() -> tuple[str, ...]:
    """Debian packages that must be installed before samples can be made, in alphabetical order."""
    return tuple(
        sorted(
            {
                package
                for package, folder, name in FACES.values()
                if not (FONT_ROOT / folder / name).is_file()
            }
        )
    )


def check_installed() -> None:
    """Passes when every face is on this machine.

    Raises:
        MissingFontsError: with the command that installs what is missing.
    """
    missing = missing_packages()
    if missing:
        raise MissingFontsError(
            "the sample letters are set in fonts that are not installed; run: "
            f"apt-get install {' '.join(missing)}"
        )


@lru_cache(maxsize=256)
def load(face: str, size: float) -> ImageFont.FreeTypeFont:
    """The face at `size` pixels per em, laid out glyph by glyph so that results do not vary."""
    package, folder, name = FACES[face]
    path = FONT_ROOT / folder / name
    if not path.is_file():
        raise MissingFontsError(f"no {name}; run: apt-get install {package}")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def width(text: str, face: str, size: float) -> float:
    """Advance width of `text` in pixels."""
    return load(face, size).getlength(text)
