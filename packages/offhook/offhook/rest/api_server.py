"""Twilio's REST API over HTTP, for apps and clients that are pointed at this machine."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from offhook.account.exchange import API_VERSION
from offhook.rest.api import RestApi


def register_rest(app: Flask, api: RestApi) -> None:
    """Put the routes of the API into a Flask app."""

    @app.route(f"/{API_VERSION}/<path:rest>", methods=["GET", "POST", "DELETE"])
    def rest_api(rest: str) -> tuple[Response, int]:
        del rest
        header = request.headers.get("Authorization", "")
        given = request.args if request.method == "GET" else request.form
        status, body = api.handle(request.method, request.path, header, given.to_dict())
        return jsonify(body), status


def rest_app(api: RestApi) -> Flask:
    """The API alone."""
    app = Flask(__name__, static_folder=None)
    register_rest(app, api)
    return app
