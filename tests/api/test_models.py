"""GET /v1/models."""

from __future__ import annotations

from fastapi.testclient import TestClient

import earwitness
from earwitness.api.cards import generator_cards, read_cards


def test_says_what_a_report_says(client: TestClient) -> None:
    answer = client.get("/v1/models").json()
    report = client.post("/v1/checks", files={"file": ("a.wav", b"1")}).json()
    assert answer["models"][: len(report["models"])] == report["models"]
    assert answer["earwitness"] == earwitness.__version__


def test_lists_what_the_command_line_lists(client: TestClient) -> None:
    listed = client.get("/v1/models").json()["models"]
    shipped = [(card.name, card.version, card.kind, card.sha256) for card in read_cards() + generator_cards()]
    assert {"detector", "generator"} <= {kind for _, _, kind, _ in shipped}
    assert [tuple(model.values()) for model in listed[-len(shipped) :]] == shipped
    assert len({(model["name"], model["kind"]) for model in listed}) == len(listed)
