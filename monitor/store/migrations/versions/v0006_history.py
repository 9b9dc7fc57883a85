"""What is known of the past: stretches, presences, rollups, and observations pressed together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables. The past is accounted for from now on; what was seen before stays, and counts as looks."""
    op.add_column("target", sa.Column("accounted_until", sa.BigInteger(), nullable=True))
    _create_stretch()
    op.create_table(
        "presence",
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("since", name="pk_presence"),
    )
    _create_judgement()
    _create_rollup("hour")
    _create_rollup("day", sa.Column("latency", sa.LargeBinary(), nullable=True))
    _create_pack()


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError


def _create_stretch() -> None:
    op.create_table(
        "stretch",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_stretch_target_id"),
        sa.PrimaryKeyConstraint("target_id", "since", name="pk_stretch"),
        sqlite_with_rowid=False,
    )


def _create_judgement() -> None:
    op.create_table(
        "judgement",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_judgement_target_id"),
        sa.PrimaryKeyConstraint("target_id", "since", name="pk_judgement"),
        sqlite_with_rowid=False,
    )


def _create_rollup(name: str, *more: sa.Column[bytes]) -> None:
    states = ("up", "degraded", "down", "unknown", "maintenance")
    op.create_table(
        name,
        sa.Column(name, sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        *(sa.Column(state, sa.Integer(), nullable=False) for state in states),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("failures", sa.String(), nullable=True),
        *more,
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=f"fk_{name}_target_id"),
        sa.PrimaryKeyConstraint(name, "target_id", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )


def _create_pack() -> None:
    op.create_table(
        "pack",
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_pack_target_id"),
        sa.PrimaryKeyConstraint("hour", "target_id", "first_at", name="pk_pack"),
    )
