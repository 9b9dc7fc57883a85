"""The last looks of a target beside its state, and what is believed beneath a state that is shown for their restlessness."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; targets that were written before begin without a look."""
    op.add_column("target_state", sa.Column("looks", sa.String(), nullable=True))
    op.add_column("target_state", sa.Column("flapping", sa.Boolean(), nullable=True))
    op.add_column("target_state", sa.Column("intermittent", sa.Boolean(), nullable=True))
    op.add_column("target_state", sa.Column("believed_since", sa.BigInteger(), nullable=True))
    op.add_column("target_state", sa.Column("bad_since", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """There is no way back."""
    raise NotImplementedError
