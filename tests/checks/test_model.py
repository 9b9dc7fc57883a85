"""The words everybody shares."""

from __future__ import annotations

import copy
import pickle

import pytest

from checks.model import Failure, Reason, Unseen


@pytest.mark.parametrize("lasting", [False, True])
def test_what_a_look_came_to_is_the_same_in_a_copy(lasting: bool) -> None:  # noqa: FBT001 - a parameter of a test
    unseen = Unseen(Reason.TLS, "the certificate expired", lasting=lasting)
    for again in (copy.copy(unseen), pickle.loads(pickle.dumps(unseen))):  # noqa: S301 - our own bytes
        assert again.failure == Failure(Reason.TLS, "the certificate expired", lasting)
        assert str(again) == "tls: the certificate expired"
