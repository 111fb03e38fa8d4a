"""What a property is about, as its name tells, and texts that are about that."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from altlas_chat.specs.sampling import formats
from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.formats import MakeText
from altlas_chat.specs.sampling.people import plain
from altlas_chat.specs.sampling.words import listed

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")


@lru_cache(maxsize=4096)
def words_in(name: str) -> tuple[str, ...]:
    """The words of a name in any style, in small letters: ``createdAt``, ``created_at``."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def _first_name(draw: Draw) -> str:
    return draw.somebody().first


def _last_name(draw: Draw) -> str:
    return draw.somebody().last


def full_name(draw: Draw) -> str:
    return draw.somebody().full


def _user_name(draw: Draw) -> str:
    return draw.somebody().user_name


def thing(draw: Draw) -> str:
    """Such as a product is called."""
    words = draw.words
    return f"{draw.pick(words.adjectives)} {draw.pick(words.things)}".capitalize()


def title(draw: Draw) -> str:
    words = draw.words
    return f"{draw.pick(words.adjectives)} {draw.pick(words.topics)}".capitalize()


def word(draw: Draw) -> str:
    return draw.pick(draw.words.topics)


def _id(draw: Draw) -> str:
    return draw.letters(1) + draw.letters(11, "abcdefghijklmnopqrstuvwxyz0123456789")


def _address(draw: Draw) -> str:
    return f"{draw.integer(1, 180)} {draw.pick(draw.words.streets)}"


def _file(draw: Draw) -> str:
    return f"{plain(draw.pick(draw.words.topics))}.pdf"


def _hash(draw: Draw) -> str:
    return draw.letters(40, formats.HEX)


def _version(draw: Draw) -> str:
    return f"{draw.integer(1, 9)}.{draw.integer(0, 9)}.{draw.integer(0, 9)}"


def _from(attribute: str) -> MakeText:
    """One of a language's lists."""
    return lambda draw: draw.pick(getattr(draw.words, attribute))


def _the(attribute: str) -> MakeText:
    """The one thing that a language has of it."""
    return lambda draw: str(getattr(draw.words, attribute))


def _of(*options: str) -> MakeText:
    return lambda draw: draw.pick(options)


_TEXTS: Mapping[str, MakeText] = {
    "id key ref reference identifier code": _id,
    "uuid guid": formats.uuid,
    "firstname givenname forename fname first given": _first_name,
    "lastname familyname surname lname middlename last family": _last_name,
    "fullname displayname realname author owner creator assignee contactname customername "
    "sender recipient manager employee person": full_name,
    "username user login nickname nick handle screenname": _user_name,
    "email mail emailaddress": formats.email,
    "phone phonenumber mobile telephone tel fax cell": formats.phone,
    "city town": lambda draw: draw.pick(draw.words.cities)[0],
    "state province region county": lambda draw: draw.pick(draw.words.cities)[1],
    "country nationality": lambda draw: draw.words.country[0],
    "countrycode": lambda draw: draw.words.country[1],
    "street streetname road": _from("streets"),
    "address streetaddress address1 addressline line1 address street1": _address,
    "zip zipcode postcode postalcode postal": lambda draw: formats.filled(
        draw, draw.words.postcode
    ),
    "company companyname organization organisation employer brand vendor manufacturer supplier "
    "merchant org business": _from("companies"),
    "job jobtitle occupation profession position": _from("jobs"),
    "product productname item itemname": thing,
    "title subject heading headline label caption topic": title,
    "description summary details overview body content text message comment comments note notes "
    "bio about abstract excerpt paragraph snippet reason detail instructions remarks feedback "
    "review question answer": formats.sentence,
    "url uri href link website homepage site webpage callback webhook endpoint self next prev "
    "previous": formats.url,
    "image imageurl avatar avatarurl photo photourl photos picture icon thumbnail logo cover "
    "banner": formats.image,
    "path filepath directory folder route": formats.path,
    "file filename attachment": _file,
    "extension ext": _of("pdf", "png", "txt"),
    "mimetype mime contenttype mediatype": _of("application/json", "image/png", "text/plain"),
    "ip ipaddress ipv4": formats.ipv4,
    "ipv6": formats.ipv6,
    "host hostname domain domainname server": formats.host,
    "slug permalink": formats.slug,
    "token accesstoken refreshtoken secret apikey signature hash sha checksum digest etag "
    "commit": _hash,
    "password passwd pass": formats.password,
    "color colour": _from("colors"),
    "category department genre section": _from("categories"),
    "tag keyword": word,
    "breed": _from("breeds"),
    "pet petname": _from("pets"),
    "book booktitle": _from("books"),
    "gender sex": _from("genders"),
    "currency currencycode": _the("currency"),
    "language lang locale languagecode": _the("locale"),
    "timezone tz": _the("timezone"),
    "iban": _the("iban"),
    "plate licenseplate": lambda draw: formats.filled(draw, draw.words.plate.replace("L", "A")),
    "isbn": lambda draw: f"978{draw.digits(10)}",
    "version": _version,
    "status": _of("active", "pending", "done"),
    "type kind": _of("standard", "basic", "premium"),
    "level severity priority": _of("low", "medium", "high"),
    "date day": formats.date,
    "birthday birthdate dateofbirth dob born": formats.birthday,
    "time at timestamp datetime created updated modified deleted published expires createdon "
    "updatedon": formats.date_time,
    "duration": formats.duration,
    "price amount cost total balance fee tax": formats.decimal,
    "latitude lat": lambda draw: str(draw.pick(draw.words.cities)[2]),
    "longitude lng lon": lambda draw: str(draw.pick(draw.words.cities)[3]),
    "size": _of("S", "M", "L"),
    "unit": _of("kg", "cm", "piece"),
    "model": lambda draw: f"{draw.letters(2).upper()}-{draw.digits(3)}",
    "number serial serialnumber sku barcode ordernumber accountnumber": lambda draw: (
        f"{draw.letters(2).upper()}{draw.digits(8)}"
    ),
    "useragent": _of("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0"),
    "html": lambda draw: f"<p>{formats.sentence(draw)}</p>",
}

_BY_NAME: Mapping[str, MakeText] = {
    name: make for names, make in _TEXTS.items() for name in names.split()
}

_OWNERS: Mapping[str, MakeText] = {
    **dict.fromkeys(
        listed(
            """
            user person people customer author owner member employee contact
            artist actor student teacher patient doctor guest client participant sender creator
            manager passenger driver player friend assignee reviewer admin human sibling parent
            child
            """
        ),
        full_name,
    ),
    **dict.fromkeys(
        listed(
            """
            pet dog cat animal puppy kitten
            """
        ),
        _from("pets"),
    ),
    **dict.fromkeys(
        listed(
            """
            company organization organisation org vendor supplier brand merchant employer business
            shop store restaurant hotel
            """
        ),
        _from("companies"),
    ),
    **dict.fromkeys(
        listed(
            """
            product item article goods
            """
        ),
        thing,
    ),
    **dict.fromkeys(
        listed(
            """
            city town place location
            """
        ),
        lambda draw: draw.pick(draw.words.cities)[0],
    ),
    "country": lambda draw: draw.words.country[0],
    "book": _from("books"),
    "category": _from("categories"),
    "tag": word,
    "file": _file,
    "color": _from("colors"),
    "breed": _from("breeds"),
}

_PERSONAL = frozenset({_first_name, _last_name, full_name, _user_name, formats.email})

_AFFIXES = frozenset(
    [
        "dto",
        "model",
        "schema",
        "response",
        "request",
        "resource",
        "object",
        "entity",
        "data",
        "info",
    ]
)


def text_about(name: str, owner: str) -> MakeText:
    """What to make up for a property, by its own name and what it is a property of."""
    told = words_in(name)
    if not told:
        return title
    if told[-1] == "name" and len(told) == 1:
        return _name_of(owner)
    for width in (3, 2, 1):
        make = _BY_NAME.get("".join(told[-width:]))
        if make:
            return make
    if told[-1] in ("name", "names"):
        return _name_of(" ".join(told[:-1]) or owner)
    plural = told[-1][:-1]
    if told[-1].endswith("s") and plural in _BY_NAME:
        return _BY_NAME[plural]
    return _OWNERS.get(told[-1], title)


def _name_of(owner: str) -> MakeText:
    words = [word for word in words_in(owner) if word not in _AFFIXES]
    for word in reversed(words):
        for form in (word, word.removesuffix("s")):
            if form in _OWNERS:
                return _OWNERS[form]
    return title


def is_personal(make: Callable[[Draw], str]) -> bool:
    """Several such texts in one object are about the same person."""
    return make in _PERSONAL


_RANGES: Mapping[str, tuple[float, float]] = {
    name: bounds
    for names, bounds in {
        "id": (1, 9999),
        "age": (18, 80),
        "year": (1990, 2025),
        "month": (1, 12),
        "day": (1, 28),
        "hour": (0, 23),
        "minute second": (0, 59),
        "latitude lat": (-60.0, 60.0),
        "longitude lng lon": (-170.0, 170.0),
        "percent percentage progress": (0, 100),
        "rating stars score": (1, 5),
        "page": (1, 10),
        "port": (1024, 65535),
        "price cost amount total subtotal balance fee salary": (1, 500),
        "width height": (100, 1920),
        "size length bytes": (1, 10_000),
        "quantity qty count stock": (1, 50),
        "rate ratio": (0, 1),
        "temperature": (-10, 35),
        "timestamp created updated time epoch at date": (1_704_067_200, 1_767_139_200),
    }.items()
    for name in names.split()
}


def range_of(name: str) -> tuple[float, float]:
    """Which numbers are likely for a property of a name."""
    told = words_in(name)
    return _RANGES.get(told[-1], (1, 1000)) if told else (1, 1000)
