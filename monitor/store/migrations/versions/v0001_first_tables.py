"""Targets, their latest states, transitions, observations and facts.

Types are spelled out here and not taken from ``tables.py``: a migration says what was, whatever the code says today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    _create_target()
    _create_target_state()
    _create_transition()
    _create_facts()
    _create_observation()


def downgrade() -> None:
    """There is nothing before the first revision."""
    raise NotImplementedError


def _target_id(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = sa.Column("target_id", sa.Integer(), nullable=False)
    return column, sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=f"fk_{table}_target_id")


def _create_target() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.UniqueConstraint("key", name="uq_target_key"),
    )


def _create_target_state() -> None:
    op.create_table(
        "target_state",
        *_target_id("target_state"),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("transient", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("pending_down", sa.Integer(), nullable=False),
        sa.Column("pending_since", sa.BigInteger(), nullable=True),
        sa.Column("pending_falls", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("target_id", name="pk_target_state"),
    )


def _create_transition() -> None:
    op.create_table(
        "transition",
        sa.Column("id", sa.Integer(), nullable=False),
        *_target_id("transition"),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
        sa.UniqueConstraint("target_id", "observed_at", name="uq_transition_target_id_observed_at"),
    )


def _create_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_target_id("facts"),
        sa.Column("whole", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("at", "target_id", name="pk_facts"),
    )


def _create_observation() -> None:
    op.create_table(
        "observation",
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_target_id("observation"),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("facts_at", sa.BigInteger(), nullable=True),
        sa.Column("changed", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("at", "target_id", name="pk_observation"),
    )
