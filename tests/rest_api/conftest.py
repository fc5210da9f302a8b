"""Whatever these tests ask, the answer is as the OpenAPI document says."""

from tests.described import every_answer_is_as_described

__all__ = ["every_answer_is_as_described"]
