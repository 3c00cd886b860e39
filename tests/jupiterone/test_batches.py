"""Bodies that JupiterOne takes: never too large, nothing lost, in order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import UploadFailed
from collector.jupiterone.batches import MAX_BODY_BYTES, Batch, batches

LIMIT = 200


def contents(batch):
    return json.loads(batch.body)[batch.collection]


@given(st.lists(st.text(max_size=30), max_size=60))
def test_nothing_is_lost_and_no_body_is_too_large(names):
    objects = [{"_key": f"k{n}", "name": name} for n, name in enumerate(names)]
    made = list(batches("entities", objects, LIMIT))
    assert [value for batch in made for value in contents(batch)] == objects
    assert all(len(batch.body_for_retry) <= LIMIT for batch in made)
    assert all(batch.objects for batch in made)


def test_bodies_are_as_full_as_they_may_be():
    objects = [{"_key": f"{n:02}"} for n in range(10)]
    one, brackets = len(b'{"_key":"00"}'), len(b'{"entities":[],"ignoreDuplicates":true}')
    three = brackets + 3 * one + 2
    assert [len(batch.objects) for batch in batches("entities", objects, three)] == [3, 3, 3, 1]
    assert [len(batch.objects) for batch in batches("entities", objects, three - 1)] == [2, 2, 2, 2, 2]


def test_objects_are_walked_as_batches_are_taken():
    walked = []

    def objects():
        for n in range(1000):
            walked.append(n)
            yield {"_key": f"k{n}"}

    next(batches("entities", objects(), LIMIT))
    assert len(walked) < 20


def test_the_limit_is_that_of_jupiterones_own_client():
    objects = ({"_key": f"k{n}", "text": "x" * 1000} for n in range(6000))
    assert [len(batch.body) // 1_000_000 for batch in batches("entities", objects)] == [4, 1]
    assert MAX_BODY_BYTES == 5_000_000


def test_bytes_are_counted_not_letters():
    objects = [{"_key": "k1", "name": "é" * 40}, {"_key": "k2", "name": "é" * 40}]
    assert [len(batch.objects) for batch in batches("entities", objects, LIMIT)] == [1, 1]
    assert "é".encode() in next(batches("entities", objects, LIMIT)).body


def test_an_object_too_large_for_any_body_is_named_by_its_key():
    objects = [{"_key": "zoom_user:1"}, {"_key": "zoom_user:2", "name": "CANARY" * 100}]
    with pytest.raises(UploadFailed) as failure:
        list(batches("entities", objects, LIMIT))
    assert failure.value.message == "zoom_user:2 is larger (632 bytes) than JupiterOne accepts in one upload."
    assert "CANARY" not in str(vars(failure.value))


def test_a_batch_sent_for_the_second_time_says_so():
    batch = Batch("relationships", (b'{"_key":"a"}',))
    assert json.loads(batch.body) == {"relationships": [{"_key": "a"}]}
    assert json.loads(batch.body_for_retry) == {"relationships": [{"_key": "a"}], "ignoreDuplicates": True}


def test_halves():
    objects = [{"_key": f"k{n}"} for n in range(5)]
    (batch,) = batches("relationships", objects)
    assert [contents(half) for half in batch.halves()] == [objects[:2], objects[2:]]
    with pytest.raises(UploadFailed, match="k1 is larger"):
        batch.halves()[0].halves()[1].halves()
