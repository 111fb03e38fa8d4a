"""Where the bytes of files are, by the settings."""

from pathlib import Path

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.blobs.s3 import S3Access, S3Blobs
from altlas_chat.blobs.store import Blobs
from altlas_chat.settings import Settings
from altlas_chat.storage.migrations.urls import sqlite_path

USUAL_FOLDER = "altlas-chat-files"


def chosen_blobs(settings: Settings) -> Blobs:
    """The place that the settings name; left out it is a folder beside the database file."""
    files = settings.files
    if files is not None and files.startswith("s3://"):
        access = S3Access(
            settings.s3_endpoint,
            settings.s3_region,
            settings.s3_access_key,
            settings.s3_secret_key,
        )
        return S3Blobs(files, access)
    if files is None:
        path = sqlite_path(settings.database)
        folder = Path(USUAL_FOLDER) if path is None else Path(path).parent / USUAL_FOLDER
    else:
        folder = Path(files)
    blobs = FolderBlobs(folder)
    blobs.forget_incoming()
    return blobs
