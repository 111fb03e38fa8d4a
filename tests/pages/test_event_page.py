"""The page of events, for documents of AsyncAPI 2 and 3 that nobody here wrote."""

import re
from typing import Any

import pytest

from altlas_chat.pages.event_page import event_page
from altlas_chat.pages.frame import Surroundings
from altlas_chat.pages.live import LiveApi

AROUND = Surroundings("lights", "assets/")
SHARED = {
    "messages": {
        "measured": {
            "name": "lightMeasured",
            "title": "Işık ölçüldü",
            "traits": [{"$ref": "#/components/messageTraits/common"}],
            "payload": {"$ref": "#/components/schemas/Measure"},
            "examples": [{"payload": {"lumens": 3}}],
        }
    },
    "messageTraits": {
        "common": {
            "title": "of the trait",
            "headers": {"type": "object", "properties": {"app": {"type": "integer", "minimum": 7}}},
        }
    },
    "schemas": {
        "Measure": {
            "type": "object",
            "required": ["lumens"],
            "properties": {
                "lumens": {"type": "integer", "maximum": 4711, "description": "How **bright**."},
                "where": {
                    "type": "object",
                    "properties": {
                        "tags": {
                            "type": "array",
                            "items": {"type": "object", "properties": {"key": {"type": "string"}}},
                        }
                    },
                },
                "next": {"$ref": "#/components/schemas/Measure"},
            },
        }
    },
}
OF_2: dict[str, Any] = {
    "asyncapi": "2.6.0",
    "info": {"title": "Işıklar", "version": "1.0.0", "description": "# Street\n\nlights"},
    "servers": {"prod": {"url": "mqtt://broker:{port}", "protocol": "mqtt"}},
    "channels": {
        "lights/{id}": {
            "parameters": {"id": {"description": "Which", "schema": {"type": "string"}}},
            "publish": {
                "operationId": "hear",
                "message": {"$ref": "#/components/messages/measured"},
            },
            "subscribe": {
                "message": {
                    "oneOf": [
                        {"name": "turn", "payload": {"type": "string", "enum": ["on", "off"]}},
                        {
                            "name": "avro",
                            "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
                            "payload": {"type": "record", "name": "AvroRecord"},
                        },
                    ]
                }
            },
        }
    },
    "components": SHARED,
}
OF_3: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "Işıklar", "version": "1.0.0", "description": "# Street\n\nlights"},
    "servers": {"prod": {"host": "broker", "pathname": "/x", "protocol": "mqtt"}},
    "channels": {
        "lights": {
            "address": "lights/{id}",
            "parameters": {"id": {"description": "Which"}},
            "messages": {
                "measured": {"$ref": "#/components/messages/measured"},
                "turn": {"payload": {"type": "string", "enum": ["on", "off"]}},
                "avro": {
                    "payload": {
                        "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
                        "schema": {"type": "record", "name": "AvroRecord"},
                    }
                },
            },
        }
    },
    "operations": {
        "hear": {
            "action": "receive",
            "channel": {"$ref": "#/channels/lights"},
            "messages": [{"$ref": "#/channels/lights/messages/measured"}],
            "reply": {"messages": [{"$ref": "#/channels/lights/messages/turn"}]},
        },
        "all": {"action": "send", "channel": {"$ref": "#/channels/lights"}},
    },
    "components": SHARED,
}


@pytest.mark.parametrize("document", [OF_2, OF_3], ids=["2", "3"])
def test_channels_messages_and_shapes_are_shown(document: dict[str, Any]) -> None:
    html = event_page(document, AROUND)
    assert "<h1>Işıklar 1.0.0</h1>" in html
    assert "<h2>Street</h2>" in html, "a heading of the words is below the page's own"
    for text in ("lights/{id}", "lightMeasured", "mqtt", "AvroRecord", "<b>", "turn", "Which"):
        assert text in html
    assert "the application receives it on <code>lights/{id}</code>" in html
    assert "How <strong>bright</strong>." in html
    assert "maximum 4711" in html
    assert "<code>where.tags[].key</code>" in html, "what is within is shown"
    assert "<code>next.next</code>" in html, "one level of what has a name"
    assert "<code>next.next.next</code>" not in html
    assert "minimum 7" in html, "headers come from the trait"
    assert "&quot;lumens&quot;: 3" in html
    assert "application/vnd.apache.avro" in html
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors


def test_traits_give_way_in_3_and_go_first_in_2() -> None:
    titles = [LiveApi(one).messages["measured"].data["title"] for one in (OF_2, OF_3)]
    assert titles == ["of the trait", "Işık ölçüldü"]


def test_who_says_what() -> None:
    said = [
        [
            (one.name, one.action, [it.name for it in one.messages])
            for one in LiveApi(doc).operations
        ]
        for doc in (OF_2, OF_3)
    ]
    assert said == [
        [
            ("hear", "receive", ["lightMeasured"]),
            ("subscribe lights/{id}", "send", ["turn", "avro"]),
        ],
        [
            ("hear", "receive", ["lightMeasured"]),
            ("all", "send", ["lightMeasured", "turn", "avro"]),
        ],
    ]
    (reply,) = LiveApi(OF_3).operations[0].replies
    assert reply.key == "turn"


def test_nothing_of_the_document_is_taken_for_html() -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](http://elsewhere/z.png)"
    document = {
        "asyncapi": "2.0.0",
        "info": {"title": evil, "version": evil, "description": evil},
        "servers": {evil: {"url": evil, "protocol": evil, "description": evil}},
        "channels": {
            evil: {
                "description": evil,
                "publish": {
                    "summary": evil,
                    "message": {"name": evil, "payload": {"enum": [evil]}},
                },
            }
        },
        "components": {"schemas": {evil: {"description": evil, "pattern": evil, "type": evil}}},
        "x-close-codes": {evil: {"name": evil}},
        "x-problems": {evil: {"title": evil}},
    }
    html = event_page(document, Surroundings(evil, "assets/", ((evil, "x"),)))
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r'(href|src)="javascript', html)


def test_a_branch_of_words_alone_is_the_meaning_and_no_type() -> None:
    schema = {"allOf": [{"$ref": "#/components/schemas/Id"}, {"description": "Whose it is"}]}
    document = {
        "asyncapi": "3.0.0",
        "components": {
            "schemas": {
                "Id": {"type": "string", "description": "An id"},
                "Thing": {"properties": {"owner": schema}},
            }
        },
    }
    html = event_page(document, AROUND)
    assert '<td><a href="#shape-Id">Id</a></td><td></td><td>Whose it is</td>' in html


def test_what_is_broken_is_shown_as_far_as_it_goes() -> None:
    document = {
        "asyncapi": "3.0.0",
        "channels": {"c": {"messages": {"m": {"$ref": "#/nowhere"}}}, "d": None},
        "operations": {"o": {"channel": {"$ref": "#/channels/c"}}, "p": {}},
    }
    assert "<code>c</code>" in event_page(document, AROUND)
