"""Daraja's refusals, in the one envelope that it has for them."""

from typing import Any

from aiohttp import web

from core.sandbox import identifiers


class Refused(Exception):
    """A request isn't taken: HTTP status, Daraja's code (`400.002.02`) and its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        envelope = {"requestId": identifiers.request_id(), "errorCode": self.code, "errorMessage": self.message}
        return web.json_response(envelope, status=self.status)


def invalid(what: str) -> Refused:
    return Refused(400, "400.002.02", f"Bad Request - Invalid {what}")


def wrong_credentials() -> Refused:
    return Refused(500, "500.001.1001", "Wrong credentials")


def spike_arrest() -> Refused:
    return Refused(429, "500.003.02", "Error Occurred: Spike Arrest Violation")


def internal_error() -> Refused:
    return Refused(500, "500.003.1001", "Internal Server Error")


def still_processing() -> Refused:
    return Refused(500, "500.001.1001", "The transaction is being processed")


def web_page() -> web.Response:
    """What a proxy in front of Daraja says when nobody is behind it."""
    return web.Response(status=503, text="<html><body><h1>Service Unavailable</h1></body></html>", content_type="text/html")


def success(content: dict[str, Any]) -> web.Response:
    return web.json_response(content)
