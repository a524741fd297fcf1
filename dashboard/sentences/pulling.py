"""Errors of fetching data from a survey server, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dashboard.text import Text

PULL_ERRORS: Mapping[str, Callable[[Text], str]] = {
    "pull_not_installed": lambda t: t(
        "Fetching from survey servers is off. To use it, install it: pip install levee[pull]"
    ),
    "pull_address": lambda t: t(
        "This is not the address of a server: {url}. It begins with https:// and holds no password."
    ),
    "pull_not_https": lambda t: t(
        "The connection to {host} would not be encrypted: use an address with https://."
    ),
    "pull_form": lambda t: t(
        "Which form of {tool}? Give the link of the form's page, or its identifier with --form."
    ),
    "pull_not_confirmed": lambda t: t(
        "Nothing was sent to {host}. Say --yes to contact it without being asked."
    ),
    "pull_no_token": lambda t: t("There is no token for {host}. Nothing was sent."),
    "pull_denied": lambda t: t(
        "{host} did not accept the token, or it gives no right to this form (status {status})."
    ),
    "pull_not_found": lambda t: t("{host} has no such form. Check the address and the form."),
    "pull_status": lambda t: t("{host} answered with status {status}. Try again later."),
    "pull_redirect": lambda t: t(
        "{host} sent the request on to {other}. That was refused: the token is for {host} only."
    ),
    "pull_timeout": lambda t: t("{host} took too long to answer. Try again later."),
    "pull_too_large": lambda t: t("{host} sent more than the limit of {limit_size}."),
    "pull_certificate": lambda t: t(
        "The certificate of {host} could not be verified, so nothing was sent."
    ),
    "pull_unreachable": lambda t: t("{host} cannot be reached. Check the address."),
    "pull_answer": lambda t: t("{host} answered something else than survey data."),
    "pull_empty": lambda t: t("The form on {host} has no answers yet."),
}
