"""``altlas-chat user``: accounts, their roles and passwords, on the database itself.

Exit codes: 0 done; 1 it did not work; 2 the command line or the settings are
wrong; 3 the database waits for ``migrate up``.
"""

import sys
from collections.abc import Coroutine
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from altlas_chat.settings import Settings, load_settings
from altlas_chat_cli import output

if TYPE_CHECKING:
    from altlas_chat.domain.accounts import User

T = TypeVar("T")

app = typer.Typer(help="Accounts, their roles and passwords.", no_args_is_help=True)


class Role(StrEnum):
    """What a person may do in general."""

    admin = "admin"
    moderator = "moderator"
    user = "user"
    service = "service"
    guest = "guest"


Name = Annotated[str, typer.Argument(help="User name, e-mail address or id.")]
Database_ = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="sqlite:///file.db or postgresql://user@host/name. [default: the setting]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from standard input. Left out, one is made and printed.",
    ),
]


@app.command("list")
def list_(
    *,
    role: Annotated[Role | None, typer.Option(help="Only accounts with this role.")] = None,
    inactive: Annotated[bool, typer.Option("--inactive", help="Only closed accounts.")] = False,
    database: Database_ = None,
    as_json: Json = False,
) -> None:
    """List accounts by user name."""
    from altlas_chat.storage.accounts import AccountFilter  # noqa: PLC0415
    from altlas_chat_cli import operating  # noqa: PLC0415

    wanted = AccountFilter(
        role=None if role is None else role.value, is_active=False if inactive else None
    )
    found = _run(operating.listed(_settings(database), wanted))
    if as_json:
        output.print_json({"users": found})
        return
    for user in found:
        state = "" if user["isActive"] else "   (deactivated)"
        output.print_line(f"{user['username']}   {user['role']}   {user['displayName']}{state}")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="The user name.")],
    *,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.user,
    display_name: Annotated[
        str | None, typer.Option(help="What others read. [default: the user name]")
    ] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    language: Annotated[str, typer.Option(help="tr or en.")] = "en",
    password_stdin: PasswordStdin = False,
    database: Database_ = None,
    as_json: Json = False,
) -> None:
    """Make an account. The first administrator is made so: --role admin."""
    from altlas_chat_cli import operating  # noqa: PLC0415

    password = _password(password_stdin) or operating.fresh_password()
    given = {"displayName": display_name, "email": email}
    body = {
        "username": name,
        "password": password,
        "language": language,
        **{key: value for key, value in given.items() if value is not None},
    }
    user = _run(operating.created(_settings(database), body, role.value))
    _tell(user, f"{user.username} is there, as {user.role}.", as_json, password, password_stdin)


@app.command("role")
def role(
    name: Name,
    role: Annotated[Role, typer.Argument(help="The role from now on.")],
    *,
    database: Database_ = None,
    as_json: Json = False,
) -> None:
    """Give an account another role; the last administrator keeps his."""
    from altlas_chat_cli import operating  # noqa: PLC0415

    user = _run(operating.with_role(_settings(database), name, role.value))
    _tell(user, f"{user.username} is {user.role} now.", as_json)


@app.command("deactivate")
def deactivate(name: Name, *, database: Database_ = None, as_json: Json = False) -> None:
    """Close an account: nobody can log in to it, its sessions and API keys end."""
    from altlas_chat_cli import operating  # noqa: PLC0415

    user = _run(operating.deactivated(_settings(database), name))
    _tell(user, f"{user.username} is deactivated.", as_json)


@app.command("reactivate")
def reactivate(name: Name, *, database: Database_ = None, as_json: Json = False) -> None:
    """Open an account again."""
    from altlas_chat_cli import operating  # noqa: PLC0415

    user = _run(operating.reactivated(_settings(database), name))
    _tell(user, f"{user.username} is active again.", as_json)


@app.command("reset-password")
def reset_password(
    name: Name,
    *,
    password_stdin: PasswordStdin = False,
    database: Database_ = None,
    as_json: Json = False,
) -> None:
    """Set an account's password; all its sessions end."""
    from altlas_chat_cli import operating  # noqa: PLC0415

    password = _password(password_stdin) or operating.fresh_password()
    user = _run(operating.with_password(_settings(database), name, password))
    told = f"{user.username} has another password."
    _tell(user, told, as_json, password, password_stdin)


def _run(work: Coroutine[Any, Any, T]) -> T:
    # Loaded here, so that --help stays quick.
    import asyncio  # noqa: PLC0415

    return asyncio.run(work)


def _settings(database: str | None) -> Settings:
    return load_settings({"database": database})


def _password(is_given: bool) -> str:
    """The first line of standard input, if the password comes from there."""
    if not is_given:
        return ""
    word = sys.stdin.readline().rstrip("\r\n")
    least, most = 8, 128
    if not least <= len(word) <= most:
        raise typer.BadParameter(f"the password needs {least} to {most} characters")
    return word


def _tell(
    user: "User", told: str, as_json: bool, password: str = "", is_given: bool = False
) -> None:
    """Say what was done; a password that was made is shown this once."""
    shown = password if password and not is_given else None
    if as_json:
        answer: dict[str, Any] = {"user": user.as_managed_json()}
        output.print_json(answer if shown is None else {**answer, "password": shown})
        return
    output.print_line(told)
    if shown is not None:
        output.print_line(f"password  {shown}")
