"""The images that stand for people and groups."""

from altlas_chat.blobs.previewing import MEDIA_TYPES
from altlas_chat.domain.accounts import User
from altlas_chat.domain.errors import FieldError, FileNotFound, UserNotFound, ValidationFailed
from altlas_chat.domain.events import Json, user_stream
from altlas_chat.domain.files import KeptFile
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.passing import tell_profile
from altlas_chat.storage import accounts, conversations, streams, uploads
from altlas_chat.storage.database import Reader, Transaction


async def require_avatar(tx: Transaction, actor: Actor, file_id: str, pointer: str) -> None:
    """Refuse what can't be an avatar; what can is not deleted until the transaction ends.

    Everybody sees avatars, so they are shown by their previews alone: small, and
    without what a camera wrote into the image.

    Raises:
        FileNotFound: the actor has no such file.
        ValidationFailed: it is no image, or one of which no preview could be made.
    """
    found = (await uploads.hold_files(tx, [file_id])).get(file_id)
    if found is None or found.owner_id != actor.user_id:
        raise FileNotFound
    if found.media_type not in MEDIA_TYPES:
        detail = say("An avatar is an image: PNG, JPEG, GIF or WebP.")
        raise ValidationFailed(detail, errors=[FieldError("NOT_AN_IMAGE", detail, pointer)])
    if not found.has_preview:
        detail = say("No preview could be made of this image; it can't be an avatar.")
        raise ValidationFailed(detail, errors=[FieldError("NO_PREVIEW", detail, pointer)])


async def set_avatar(deps: Deps, actor: Actor, file_id: str | None) -> Json:
    """Choose the own image, or none; the own devices hear of it. The same again changes nothing.

    Raises:
        FileNotFound: the actor has no such file.
        ValidationFailed: it is no image, or one of which no preview could be made.
    """
    stream = user_stream(actor.user_id)
    shown: list[User] = []

    async def change(change: Change) -> Json:
        shown.clear()
        await streams.lock_streams(change.tx, [stream])
        if file_id is not None:
            await require_avatar(change.tx, actor, file_id, "/fileId")
        user = await accounts.select_user(change.tx, actor.user_id)
        if user is None:
            raise UserNotFound
        if user.avatar_file_id == file_id:
            return user.as_own_json()
        shown.append(user._replace(avatar_file_id=file_id, updated_at=change.at))
        return await renew_avatar(change, user, file_id)

    view = await commit_change(deps, stream, change, actor_id=actor.user_id)
    for user in shown:
        await tell_profile(deps, user)
    return view


async def renew_avatar(change: Change, user: User, file_id: str | None) -> Json:
    """Give a person another image or none; the own devices hear of it. The person's view.

    The caller holds the person's stream.
    """
    renewed = user._replace(avatar_file_id=file_id, updated_at=change.at)
    await accounts.update_avatar(change.tx, renewed)
    view = renewed.as_own_json()
    await change.announce(user_stream(user.user_id), "user.updated", {}, {"user": view})
    return view


async def avatar_of_user(deps: Deps, user_id: str) -> KeptFile:
    """A person's image, for everybody who is logged in.

    Raises:
        UserNotFound: there is no such person.
        FileNotFound: the person has no image.
    """

    async def query(reader: Reader) -> KeptFile:
        user = await accounts.select_user(reader, user_id)
        if user is None:
            raise UserNotFound
        return await _kept(reader, user.avatar_file_id)

    return await deps.database.read(query)


async def avatar_of_conversation(deps: Deps, actor: Actor, conversation_id: str) -> KeptFile:
    """A group's image, for its members.

    Raises:
        ConversationNotFound: there is none for the actor.
        FileNotFound: it has no image.
    """

    async def query(reader: Reader) -> KeptFile:
        await require_member(reader, actor, conversation_id)
        group = await conversations.select_conversation(reader, conversation_id)
        return await _kept(reader, None if group is None else group.avatar_file_id)

    return await deps.database.read(query)


async def _kept(reader: Reader, file_id: str | None) -> KeptFile:
    found = None if file_id is None else await uploads.select_file(reader, file_id)
    if found is None or found.preview is None:
        raise FileNotFound
    return found
