"""Every error that this package raises on purpose, and the exit code of each.

```
DigitizeError                      1   something went wrong that we foresaw
|- SettingsError                   2   a settings file or option cannot be used
|- LexiconError                    3   a file in models/ is damaged or missing
|- MissingToolError                4   Tesseract, Poppler or a language model is missing
|- OutputError                     5   OUT cannot be written or is in use
|- LedgerError                     6   the record of what is done cannot be trusted
`- LetterError(source)             -   this file failed; the batch goes on
   |- UnreadableFileError              not a readable PDF or image
   |- EncryptedPdfError                needs a password
   |- LimitError                       more bytes, pages or pixels than allowed
   `- PageError(source, page)
      |- RenderError                   this page cannot be drawn
      |- OcrError                      Tesseract failed on this page
      `- OcrTimeoutError               Tesseract took longer than allowed
```

A run in which some files failed ends with exit code 8 (`SOME_FAILED`); the others
are done and written. It knows nothing of pages, fields or files.
"""

from __future__ import annotations

from typing import ClassVar

SOME_FAILED = 8
INTERRUPTED = 130


class DigitizeError(Exception):
    """The root of the tree: catch this to catch all that we raise on purpose."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"


class SettingsError(DigitizeError):
    """A setting is unknown or has a value that cannot be used."""

    exit_code = 2
    code = "settings"


class LexiconError(DigitizeError):
    """A file in `models/` is missing, damaged or contradicts itself."""

    exit_code = 3
    code = "lexicon"


class MissingToolError(DigitizeError):
    """A program or language model that the run needs is not on this machine."""

    exit_code = 4
    code = "missing_tool"


class OutputError(DigitizeError):
    """The output folder cannot be written, or another run is writing it."""

    exit_code = 5
    code = "output"


class LedgerError(DigitizeError):
    """The ledger of the output folder is damaged, or of another version."""

    exit_code = 6
    code = "ledger"


class LetterError(DigitizeError):
    """One input file failed; the batch goes on.

    Attributes:
        source: the file's path as the user gave it.
    """

    exit_code = SOME_FAILED
    code = "unreadable"
    stage: ClassVar[str] = "render"

    def __init__(self, source: str, message: str) -> None:
        """Keep the file beside the message, so that a report can name both."""
        super().__init__(source, message)
        self.source = source
        self.message = message

    def __str__(self) -> str:
        """The file, then what is wrong and what to do."""
        return f"{self.source}: {self.message}"


class UnreadableFileError(LetterError):
    """The file is not a PDF or an image that can be opened."""


class EncryptedPdfError(LetterError):
    """The PDF needs a password."""

    code = "encrypted"


class LimitError(LetterError):
    """The file is larger than a limit in the settings allows."""

    code = "limit"


class PageError(LetterError):
    """One page failed; the other pages of the file go on.

    Attributes:
        page: 1-based page of the file.
    """

    code = "page"

    def __init__(self, source: str, page: int, message: str) -> None:
        """Keep file and page beside the message."""
        super().__init__(source, message)
        self.args = (source, page, message)
        self.page = page

    def __str__(self) -> str:
        """The file and the page, then what is wrong and what to do."""
        return f"{self.source}, page {self.page}: {self.message}"


class RenderError(PageError):
    """The page cannot be drawn as an image."""

    code = "render"


class OcrError(PageError):
    """Tesseract failed on the page."""

    code = "ocr"
    stage = "ocr"


class OcrTimeoutError(OcrError):
    """Tesseract did not finish the page in the time allowed."""

    code = "ocr_timeout"
