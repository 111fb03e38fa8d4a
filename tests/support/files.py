"""Files of people in a world, without their bytes."""

from altlas_chat.domain.files import StoredBytes, StoredFile
from altlas_chat.domain.permissions import Actor
from altlas_chat.storage import uploads
from tests.support.world import World

MEDIA_TYPES = {"image": "image/png", "audio": "audio/ogg", "document": "application/pdf"}


async def own_file(world: World, owner: Actor, kind: str = "image") -> str:
    """A file's rows; an image has a preview. Its id."""
    number = next(world.numbers)
    file = StoredFile(
        file_id=f"file-{number}",
        owner_id=owner.user_id,
        conversation_id=None,
        name="çay.png",
        media_type=MEDIA_TYPES.get(kind, "application/octet-stream"),
        kind=kind,
        size_bytes=5,
        sha256=f"{number:064x}",
        width=None,
        height=None,
        duration_ms=None,
        has_preview=False,
        created_at=world.clock.now_ms(),
    )
    preview = StoredBytes(f"key-{number}.webp", 2) if kind == "image" else None
    await world.deps.database.write(
        lambda tx: uploads.insert_file(tx, file, f"key-{number}", preview), lane="files"
    )
    return file.file_id
