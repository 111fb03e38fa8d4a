"""A collection can be made of documents that are not right."""

from altlas_chat.specs.documents import Kind
from altlas_chat.toolkit.collecting.bruno import as_bruno
from altlas_chat.toolkit.collecting.collecting import collect
from altlas_chat.toolkit.collecting.postman import as_postman
from tests.toolkit.collecting.test_postman import VALIDATOR
from tests.toolkit.sloppy import OPENAPI, spoiled


def test_whatever_stands_at_a_place_a_valid_collection_comes_of_it():
    for one in spoiled(Kind.OPENAPI, OPENAPI, 11):
        collection = collect(one)
        assert [error.message for error in VALIDATOR.iter_errors(as_postman(collection))] == []
        assert as_bruno(collection)
