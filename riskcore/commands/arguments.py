"""The commands and their options, and the language they speak."""

import argparse
import os
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from riskcore.ingest import KINDS
from riskcore.spreadsheet import WRITERS
from riskcore.text import LANGUAGES, Words

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_TOP = Path(__file__).parents[2]


def language(given: Sequence[str]) -> str:
    """The language asked for by `--lang`, else Chinese where the environment's is, else English."""
    first = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    first.add_argument("--lang", choices=LANGUAGES)
    try:
        asked = first.parse_known_args(given)[0].lang
    except argparse.ArgumentError:  # told by the parser of the command
        asked = None
    environment = next((os.environ[name] for name in _LOCALE if os.environ.get(name)), "")
    return asked or ("zh" if environment.lower().startswith("zh") else "en")


def parser(t: Words) -> argparse.ArgumentParser:
    """The commands and their options; `command` of what it parses is the name of one."""
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_common(options, t)
    top = argparse.ArgumentParser(prog="riskcore", description=t("cli.about"), epilog=t("cli.statuses"))
    top.add_argument("--version", action="version", version=f"%(prog)s {_version()}", help=t("cli.help_version"))
    _add_common(top, t)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, about: str, among: Any = commands) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = among.add_parser(name, help=about, description=about, parents=[options])
        command.set_defaults(command=name)
        return command

    def add_answer(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--answer",
            type=_answer(t),
            action="append",
            default=[],
            metavar="QUESTION=VALUE",
            help=t("cli.help_answer"),
        )

    take = add("import", t("cli.help_import"))
    take.add_argument("files", nargs="+", type=Path, metavar="FILE")
    take.add_argument("--kind", choices=tuple(KINDS), metavar="KIND", help=_kinds(t))
    take.add_argument("--as-of", type=_day(t), metavar="DATE", help=t("cli.help_file_as_of"))
    take.add_argument(
        "--whole-book", action=argparse.BooleanOptionalAction, default=None, help=t("cli.help_whole_book")
    )
    add_answer(take)

    add("imports", t("cli.help_imports"))
    undo = add("undo", t("cli.help_undo"))
    undo.add_argument("number", type=_number(t, 1), metavar="IMPORT_ID", help=t("cli.help_undo_number"))
    undo.add_argument("--by", required=True, metavar="NAME", help=t("cli.help_undo_by"))

    assess = add("assess", t("cli.help_assess"))
    assess.add_argument("--as-of", type=_day(t), metavar="DATE", help=t("cli.help_assess_as_of"))
    assess.add_argument("--known-by", type=_day(t), metavar="DATE", help=t("cli.help_known_by"))
    assess.add_argument("--policy", type=Path, metavar="FILE", help=t("cli.help_assess_policy"))

    add("alerts", t("cli.help_alerts"))
    digest = add("digest", t("cli.help_digest"))
    digest.add_argument("--out", type=_workbook(t), required=True, metavar="FILE", help=t("cli.help_digest_out"))
    digest.add_argument("--since", type=_day(t), metavar="DATE", help=t("cli.help_digest_since"))

    review = add("reviews", t("cli.help_reviews"))
    review.add_argument("--due-by", type=_day(t), metavar="DATE", help=t("cli.help_due_by"))
    review.add_argument("--owner", metavar="NAME", help=t("cli.help_owner"))

    score = add("score", t("cli.help_score"))
    score.add_argument("file", type=Path, metavar="FILE")
    score.add_argument("--out", type=_scored(t), required=True, metavar="FILE", help=t("cli.help_score_out"))
    score.add_argument("--policy", type=Path, metavar="FILE", help=t("cli.help_policy"))
    score.add_argument("--as-of", type=_day(t), metavar="DATE", help=t("cli.help_as_of"))
    add_answer(score)

    sample = add("sample", t("cli.help_sample"))
    sample.add_argument("--customers", type=_number(t, 1), default=2000, metavar="N", help=t("cli.help_customers"))
    sample.add_argument("--out", type=Path, metavar="DIR", help=t("cli.help_sample_out"))
    sample.add_argument("--seed", type=_number(t, 0), default=7, metavar="N", help=t("cli.help_seed"))
    sample.add_argument("--force", action="store_true", help=t("cli.help_force"))

    policy = commands.add_parser("policy", help=t("cli.help_policy_group"), description=t("cli.help_policy_group"))
    check = add("check", t("cli.help_policy_check"), policy.add_subparsers(required=True, metavar="COMMAND"))
    check.add_argument("policy", nargs="?", type=Path, metavar="FILE", help=t("cli.help_policy"))
    return top


def _add_common(to: argparse.ArgumentParser, t: Words) -> None:
    to.add_argument("--store", type=Path, metavar="PATH", help=t("cli.help_store"))
    to.add_argument("--json", action="store_true", help=t("cli.help_json"))
    to.add_argument("--lang", choices=LANGUAGES, help=t("cli.help_lang"))


def _kinds(t: Words) -> str:
    named = (f"{name}: {t(f'kinds.{name}')}" for name in KINDS)
    return t("cli.help_kind", kinds=t("cli.between").join(named))


def _version() -> str:
    project = tomllib.loads((_TOP / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _answer(t: Words) -> Callable[[str], tuple[str, str]]:
    def read(text: str) -> tuple[str, str]:
        question, equals, value = text.rpartition("=")
        if not (question and equals and value):
            raise argparse.ArgumentTypeError(t("cli.wrong_answer"))
        return question, value

    return read


def _day(t: Words) -> Callable[[str], date]:
    def read(text: str) -> date:
        try:
            return date.today() if text == "today" else date.fromisoformat(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(t("cli.wrong_date", text=text)) from error

    return read


def _number(t: Words, least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(t("cli.wrong_number", text=text, least=least))
        return int(text)

    return read


def _workbook(t: Words) -> Callable[[str], Path]:
    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() != ".xlsx":
            raise argparse.ArgumentTypeError(t("cli.wrong_ending", endings=".xlsx"))
        return path

    return read


def _scored(t: Words) -> Callable[[str], Path]:
    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() not in WRITERS:
            raise argparse.ArgumentTypeError(t("cli.wrong_ending", endings=" ".join(WRITERS)))
        return path

    return read
