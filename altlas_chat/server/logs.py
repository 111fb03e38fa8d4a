"""What the log looks like: lines of text, or of JSON, on stderr."""

import json
import logging
import traceback
import warnings
from datetime import UTC, datetime

from aiohttp import BadContentDispositionHeader, BadContentDispositionParam
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

from altlas_chat.settings import Settings

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_OF_OTHERS = (HttpProcessingError, RequestPayloadError)
"""Mistakes of who sent a request: no HTTP, a body that is not as declared."""


class JsonLines(logging.Formatter):
    """Each record as one JSON object: time, level, logger, message, exception."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def without_traces_of_others(record: logging.LogRecord) -> bool:
    """Tell in one line what is not this program's mistake.

    Whatever comes to an open port (TLS, port scans) would fill the log with
    tracebacks of the HTTP parser, a database that is away with those of its pool.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return True
    is_request = record.name == "aiohttp.server" and isinstance(error, _OF_OTHERS)
    if is_request or record.name == "asyncpg.pool":
        said = " ".join(str(error).split())
        told = "a request that can't be read" if is_request else record.getMessage()
        record.msg, record.args = f"{told}: {said}", ()
        record.exc_info = None
        record.exc_text = None
        if is_request:
            record.levelno, record.levelname = logging.INFO, "INFO"
    return logging.getLogger(record.name).isEnabledFor(record.levelno)


def set_up_logs(settings: Settings) -> None:
    """Send the log to stderr, from the level and in the form of the settings."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format == "json" else logging.Formatter(TEXT))
    handler.addFilter(without_traces_of_others)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])
    for mistake in (BadContentDispositionHeader, BadContentDispositionParam):
        # Python would remember each for good, and it is what a client wrote.
        warnings.simplefilter("ignore", mistake)
