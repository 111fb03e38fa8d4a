"""The Turkish of every sentence that the server says to people, by its English template.

Placeholders keep their names. Turkish puts no plural behind a number, so one form does for
every count; suffixes are not put on a placeholder, as they would have to follow its vowels.
"""

from altlas_chat.domain.turkish.details import DETAILS
from altlas_chat.domain.turkish.notices import NOTICES
from altlas_chat.domain.turkish.refusals import REFUSALS

TURKISH: dict[str, str] = {**REFUSALS, **DETAILS, **NOTICES}
