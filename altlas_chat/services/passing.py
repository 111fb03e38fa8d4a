"""What is true at this moment, and whom it is told: profiles; and what privacy changes of it."""

from altlas_chat.domain.accounts import User
from altlas_chat.domain.events import PassingEvent, conversation_stream
from altlas_chat.services.deps import Deps
from altlas_chat.storage.members import select_conversation_ids


async def tell_profile(deps: Deps, user: User) -> None:
    """Let those who share a conversation with a person know the person's new profile.

    Each of their devices hears it once, however many conversations they share.
    """
    shared = await deps.database.read(lambda reader: select_conversation_ids(reader, user.user_id))
    data = {
        "userId": user.user_id,
        "displayName": user.display_name,
        "bio": user.bio,
        "avatarFileId": user.avatar_file_id,
    }
    event = PassingEvent("user.profile_updated", user.updated_at, data)
    streams = [conversation_stream(conversation_id) for conversation_id in shared]
    deps.publisher.pass_on_to_all(streams, event, but={user.user_id})


def privacy_changed(deps: Deps, *user_ids: str) -> None:
    """What these people let others know, or a block between them, has changed just now.

    From now on nothing is told that followed from before. Who watches whom is
    told afterwards what is known now.
    """
    deps.watches.doubt(user_ids)
    deps.typists.doubt(user_ids)
    deps.publisher.doubt(user_ids)
