"""In which language somebody is told something."""

import logging

from altlas_chat.domain.language import LANGUAGES, wanted_language
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.deps import Deps
from altlas_chat.storage import accounts
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)


async def language_for(deps: Deps, actor: Actor | None, header: str | None = None) -> str:
    """The language for an answer, by what is known best.

    First what the request's ``Accept-Language`` asks for by name, then what
    the person chose, then ``Settings.default_language``. The person's choice
    is read when it is needed: a change counts at once. Never fails: without a
    database the default is told.
    """
    wanted = wanted_language(header)
    if wanted is not None:
        return wanted
    if actor is not None and actor.user_id:
        try:
            user_id = actor.user_id
            user = await deps.database.read(lambda reader: accounts.select_user(reader, user_id))
        except StorageUnavailable as error:
            log.debug("the language of %s is not known: %s", actor.user_id, error)
        else:
            if user is not None and user.language in LANGUAGES:
                return user.language
    return deps.settings.default_language
